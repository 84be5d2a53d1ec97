// One way to ask the server, with a time limit and refusals as values of one type.
import type { FieldError, Problem } from "./wire";

/** A refused or failed request. */
export class Refusal extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.code);
  }
}

export interface Ask {
  readonly method?: string;
  readonly body?: unknown;
  readonly token?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds; 15 s unless told. */
  readonly timeout?: number;
}

/** Fetches JSON without cookies. Throws Refusal, or the abort of `signal`. */
export async function request(url: string, ask: Ask = {}): Promise<unknown> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), ask.timeout ?? 15000);
  const stop = (): void => {
    clearTimeout(timer);
    limit.abort();
  };
  ask.signal?.addEventListener("abort", stop);
  try {
    const headers: Record<string, string> = {};
    if (ask.body !== undefined) headers["Content-Type"] = "application/json";
    if (ask.token) headers["Authorization"] = `Bearer ${ask.token}`;
    const answer = await fetch(url, {
      method: ask.method ?? "GET",
      headers,
      body: ask.body === undefined ? null : toJSON(ask.body),
      credentials: "omit",
      signal: limit.signal,
    });
    const content = (await answer.text()) || "null";
    if (!answer.ok) throw new Refusal(readProblem(answer, content));
    return JSON.parse(content) as unknown;
  } catch (error) {
    if (error instanceof Refusal || ask.signal?.aborted) throw error;
    throw new Refusal({ status: 0, code: "network", detail: "" });
  } finally {
    clearTimeout(timer);
    ask.signal?.removeEventListener("abort", stop);
  }
}

/** JSON.stringify without the toJSON of texts and lists that old libraries add, which would quote them twice. */
export function toJSON(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, name) {
    return this[name];
  });
}

/** Reads a problem document; anything else becomes code "server" without a sentence. */
function readProblem(answer: Response, content: string): Problem {
  let found: { readonly [K in keyof Problem]?: unknown } = {};
  try {
    found = Object(JSON.parse(content)) as typeof found;
  } catch {
    // Not JSON: a proxy's page, for example. The status is all there is to say.
  }
  const { code, detail, errors, retry_after } = found;
  return {
    status: answer.status,
    code: String(code ?? "server"),
    detail: String(detail ?? ""),
    errors: Array.isArray(errors) ? (errors as FieldError[]) : [],
    retry_after: Number(retry_after ?? answer.headers.get("Retry-After")) || 0,
  };
}
