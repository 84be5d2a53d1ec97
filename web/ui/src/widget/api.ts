// The reader API of one site, for one article.
import { Refusal, request, type Ask } from "../shared/request";
import type { Thread } from "../shared/wire";

/** How a page names its article: by an id, an address, or both. */
export interface ArticleRef {
  readonly id: string;
  readonly url: string;
  readonly title: string;
}

export interface PageQuery {
  readonly sort: string;
  readonly cursor?: string | undefined;
  /** A comment, ours or an imported one's number, whose page is wanted. */
  readonly around?: string | undefined;
  /** The language whose texts are wanted with the page. */
  readonly lang?: string | undefined;
}

export class Api {
  constructor(readonly base: string, readonly site: string, readonly article: ArticleRef) {}

  async thread(query: PageQuery, signal: AbortSignal): Promise<Thread> {
    const { id, url } = this.article;
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries({ id, url, body: "tree", limit: "50", ...query })) if (value) search.set(name, value);
    const thread = (await this.ask(`/sites/${encodeURIComponent(this.site)}/thread?${search}`, { signal })) as Thread;
    if (!Array.isArray(thread?.comments)) throw new Refusal({ status: 502, code: "server", detail: "" });
    return thread;
  }

  /** Asks the API for anything; `path` begins after its version. */
  ask(path: string, ask: Ask): Promise<unknown> {
    return request(`${this.base}/api/v1${path}`, ask);
  }
}
