// count.js: writes the number of comments beside links to articles, by the DISQUSWIDGETS contract.
import { request } from "../shared/request";
import { currentSource, type Source } from "../shared/script";

interface Count {
  readonly id: string;
  readonly comments: number;
}

interface Answer {
  readonly text?: unknown;
  readonly counts?: readonly Count[];
}

interface CountsAnswer {
  readonly counts: readonly { readonly count: number }[];
}

type Kind = "id" | "url";

interface Widgets {
  getCount(options?: { readonly reset?: unknown }): void;
  displayCount(answer?: Answer): void;
}

const batch = 100;
/** Longer query strings are refused by some proxies. */
const longestQuery = 4000;

class Counter {
  readonly #source: Source;
  /** Elements by what they were asked for under. */
  readonly #elements = new Map<string, Set<Element>>();
  readonly #seen = new WeakSet<Element>();

  constructor(source: Source) {
    this.#source = source;
  }

  /** Finds new places for a count, or all of them again, and asks for what they need. */
  scan(everything: boolean): void {
    if (everything) this.#elements.clear();
    const wanted = new Map<string, Kind>();
    for (const element of document.querySelectorAll('a[href*="#disqus_thread"], .disqus-comment-count')) {
      if ((this.#seen.has(element) && !everything) || element.querySelector(".disqus-comment-count")) continue;
      const key = keyOf(element);
      if (!key) continue;
      this.#seen.add(element);
      const places = this.#elements.get(key.value) ?? new Set();
      this.#elements.set(key.value, places.add(element));
      wanted.set(key.value, key.kind);
    }
    for (const part of parts([...wanted])) void this.#ask(part);
  }

  display(counts: readonly Count[]): void {
    for (const { id, comments } of counts) {
      this.#elements.get(id)?.forEach((element) => {
        element.textContent = comments === 1 ? "1 Comment" : `${comments} Comments`;
      });
    }
  }

  /** Asks for one batch: ids first, then addresses, which is the order in which the server answers within each kind. */
  async #ask(part: readonly (readonly [string, Kind])[]): Promise<void> {
    const query = new URLSearchParams(part.map(([value, kind]) => [kind, value]));
    const { base, site } = this.#source;
    try {
      const answer = (await request(`${base}/api/v1/sites/${encodeURIComponent(site)}/counts?${query}`)) as CountsAnswer;
      const counts = part.flatMap(([id], index) => {
        const comments = answer.counts[index]?.count;
        return typeof comments === "number" ? [{ id, comments }] : [];
      });
      widgets()?.displayCount({ counts });
    } catch {
      // Links without a number are still links.
    }
  }
}

/** What an element asks for: its identifier, its address, or where the link leads. */
function keyOf(element: Element): { readonly value: string; readonly kind: Kind } | null {
  const owner = element.closest("a[href*='#disqus_thread']") ?? element;
  const read = (name: string): string => element.getAttribute(name) ?? owner.getAttribute(name) ?? "";
  const id = read("data-disqus-identifier");
  if (id) return { value: id, kind: "id" };
  const url = read("data-disqus-url") || (owner instanceof HTMLAnchorElement ? owner.href.replace(/#.*$/, "") : "");
  return url ? { value: url, kind: "url" } : null;
}

/** Splits what is wanted into requests of one kind each, bounded in number and in length. */
export function parts(wanted: readonly (readonly [string, Kind])[]): (readonly [string, Kind])[][] {
  const result: (readonly [string, Kind])[][] = [];
  for (const kind of ["id", "url"] as const) {
    let current: (readonly [string, Kind])[] = [];
    let length = 0;
    for (const entry of wanted.filter((candidate) => candidate[1] === kind)) {
      const cost = encodeURIComponent(entry[0]).length + 5;
      if (current.length === 0 || current.length === batch || length + cost > longestQuery) {
        result.push((current = []));
        length = 0;
      }
      current.push(entry);
      length += cost;
    }
  }
  return result;
}

function widgets(): Widgets | undefined {
  return (window as unknown as { DISQUSWIDGETS?: Widgets }).DISQUSWIDGETS;
}

const source = currentSource("count.js");
if (source && widgets() === undefined) {
  const counter = new Counter(source);
  const value: Widgets & Record<string, unknown> = {
    forum: source.site,
    domain: new URL(source.base).host,
    proto: source.base.replace(/\/\/.*$/, "//"),
    getCount: (options) => counter.scan(!!options?.reset),
    displayCount: (answer) => counter.display(answer?.counts ?? []),
  };
  Object.defineProperty(window, "DISQUSWIDGETS", { value, configurable: true, enumerable: true, writable: true });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => counter.scan(false), { once: true });
  else counter.scan(false);
}
