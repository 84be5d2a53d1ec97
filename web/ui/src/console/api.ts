// Requests to the moderation API: same origin, with the session's cookie.
import type { Action, Article, BatchResult, Claimed, History, Me, Outcome, Problem, QueuePage } from "./wire";

/** A request that was refused or did not arrive; status 0 means no answer. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title || problem.code);
  }
}

export interface Choice {
  readonly action: Action;
  readonly reason: string;
  readonly note: string;
}

export class Api {
  readonly #base: string;

  constructor(base: string) {
    this.#base = base;
  }

  /** The address of the event stream. */
  stream(site: string): string {
    return `${this.#base}/stream${site ? `?site=${encodeURIComponent(site)}` : ""}`;
  }

  me(): Promise<Me> {
    return this.#ask<Me>("GET", "/me");
  }

  queue(query: string, signal?: AbortSignal): Promise<QueuePage> {
    return this.#ask<QueuePage>("GET", `/queue?${query}`, undefined, signal);
  }

  history(id: string): Promise<History> {
    return this.#ask<History>("GET", `/comments/${encodeURIComponent(id)}`);
  }

  decide(id: string, choice: Choice, version: number, claim: string): Promise<Outcome> {
    return this.#ask<Outcome>("POST", `/comments/${encodeURIComponent(id)}/decisions`, { ...choice, version, ...(claim ? { claim } : {}) });
  }

  decideAll(choice: Choice, items: readonly { id: string; version: number }[]): Promise<{ readonly results: readonly BatchResult[] }> {
    return this.#ask("POST", "/decisions", { ...choice, items });
  }

  undo(decision: string): Promise<Outcome> {
    return this.#ask<Outcome>("POST", `/decisions/${encodeURIComponent(decision)}/undo`);
  }

  setArticle(key: string, patch: { state?: string; mode?: string }): Promise<Article> {
    return this.#ask<Article>("PATCH", `/articles/${encodeURIComponent(key)}`, patch);
  }

  claim(site: string, lane: string, limit: number, seconds: number): Promise<Claimed> {
    return this.#ask<Claimed>("POST", "/claims", { site, lane, limit, seconds });
  }

  renew(token: string, seconds: number): Promise<unknown> {
    return this.#ask("PATCH", `/claims/${encodeURIComponent(token)}`, { seconds });
  }

  /** Gives a claim back; also sent while the page is closing. */
  release(token: string): Promise<unknown> {
    return this.#ask("DELETE", `/claims/${encodeURIComponent(token)}`, undefined, undefined, true);
  }

  async #ask<T>(method: string, path: string, body?: unknown, signal?: AbortSignal, keepalive = false): Promise<T> {
    let answer: Response;
    try {
      answer = await fetch(this.#base + path, {
        method,
        keepalive,
        credentials: "same-origin",
        headers: { Accept: "application/json", ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
        body: body === undefined ? null : JSON.stringify(body),
        signal: signal ?? AbortSignal.timeout(20000),
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new Refused({ status: 0, code: "network" });
    }
    if (answer.status === 401) location.assign(`/console/login?next=${encodeURIComponent(location.pathname + location.search)}`);
    const content = await answer.text();
    if (!answer.ok) throw new Refused(readProblem(answer.status, content));
    return (content ? JSON.parse(content) : null) as T;
  }
}

function readProblem(status: number, content: string): Problem {
  try {
    const found: unknown = JSON.parse(content);
    if (found !== null && typeof found === "object") return { code: "server", ...(found as Partial<Problem>), status };
  } catch {
    // A proxy's page, for example: the status is all there is to say.
  }
  return { status, code: "server" };
}
