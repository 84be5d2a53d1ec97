// Which elements of a page want a count, and asking for all of them in few requests.
import { request } from "../shared/request";
import type { Source } from "../shared/script";

export type Kind = "id" | "url";

/** What an element is counted by. */
export interface Wanted {
  readonly kind: Kind;
  readonly value: string;
}

/** What `displayCount` takes. Our own answers say of what kind an id is, as an identifier may look like an address; a page's need not. */
export interface Answer {
  readonly text?: { readonly comments?: Texts } | null;
  readonly counts?: readonly { readonly id: unknown; readonly comments: unknown; readonly kind?: Kind }[] | null;
}

/** How numbers of comments are written; {num} stands for the number. */
export interface Texts {
  readonly zero?: unknown;
  readonly one?: unknown;
  readonly multiple?: unknown;
}

const targets = 'a[href*="#disqus_thread"], .disqus-comment-count';
const perRequest = 100;
/** Longer query strings are refused by some proxies. */
const longestQuery = 4000;
const atOnce = 4;
/** Keys of one scan; the next one takes what is left. */
const perScan = 5000;

export class Counter {
  readonly #source: Source;
  readonly #tell: (answer: Answer) => void;
  /** Where to write, by kind and value. What the page throws away is not kept from the collector. */
  readonly #places = new Map<string, WeakRef<Element>[]>();
  #seen = new WeakSet<Element>();
  /** Of the site, for what the page's own functions leave out. */
  #texts: Texts = {};
  #waiting: (readonly Wanted[])[] = [];
  #asking = 0;

  constructor(source: Source, tell: (answer: Answer) => void) {
    this.#source = source;
    this.#tell = tell;
  }

  /** Finds new places for a count, or all of them again, and asks for what they need. */
  scan(everything: boolean): void {
    if (everything) this.#forget();
    this.#prune();
    const wanted = new Map<string, Wanted>();
    for (const element of document.querySelectorAll(targets)) {
      if (this.#seen.has(element) || element.querySelector(".disqus-comment-count")) continue;
      const key = keyOf(element);
      if (!key) continue;
      const name = nameOf(key.kind, key.value);
      if (wanted.size === perScan && !wanted.has(name)) break;
      wanted.set(name, key);
      this.#seen.add(element);
      const places = this.#places.get(name);
      if (places) places.push(new WeakRef(element));
      else this.#places.set(name, [new WeakRef(element)]);
    }
    this.#waiting.push(...parts([...wanted.values()]));
    this.#work();
  }

  /** Writes counts where they belong. */
  display({ counts, text }: Answer): void {
    for (const entry of Array.isArray(counts) ? counts : []) {
      const { id, comments, kind } = entry ?? {};
      if (typeof comments !== "number") continue;
      const words = inWords(comments, { ...this.#texts, ...text?.comments });
      for (const each of kind ? [kind] : (["id", "url"] as const)) {
        for (const place of this.#places.get(nameOf(each, String(id))) ?? []) {
          const element = place.deref();
          if (element) element.textContent = words;
        }
      }
    }
  }

  #forget(): void {
    this.#places.clear();
    this.#seen = new WeakSet();
    this.#waiting = [];
  }

  #prune(): void {
    for (const [name, places] of this.#places) {
      const left = places.filter((place) => place.deref());
      if (left.length > 0) this.#places.set(name, left);
      else this.#places.delete(name);
    }
  }

  #work(): void {
    while (this.#asking < atOnce && this.#waiting.length > 0) {
      this.#asking++;
      void this.#ask(this.#waiting.shift()!).finally(() => {
        this.#asking--;
        this.#work();
      });
    }
  }

  async #ask(part: readonly Wanted[]): Promise<void> {
    const query = new URLSearchParams(part.map(({ kind, value }) => [kind, value]));
    const { base, site } = this.#source;
    try {
      const answer = (await request(`${base}/api/v1/sites/${encodeURIComponent(site)}/counts?${query}`)) as { text?: Texts; counts: { count: number }[] };
      this.#texts = answer.text ?? {};
      this.#tell({ text: { comments: this.#texts }, counts: part.map(({ value, kind }, index) => ({ id: value, comments: answer.counts[index]?.count, kind })) });
    } catch (error) {
      console.warn("Postbag:", error); // links without a number are still links; the next scan asks again
      for (const { kind, value } of part) {
        for (const place of this.#places.get(nameOf(kind, value)) ?? []) this.#seen.delete(place.deref()!);
        this.#places.delete(nameOf(kind, value));
      }
    }
  }
}

function nameOf(kind: Kind, value: string): string {
  return `${kind} ${value}`;
}

/** What an element asks for: its identifier, its address, or where the link leads. */
function keyOf(element: Element): Wanted | null {
  const owner = element.closest("a[href*='#disqus_thread']") ?? element;
  const read = (name: string): string => element.getAttribute(name) ?? owner.getAttribute(name) ?? "";
  const id = read("data-disqus-identifier");
  if (id) return { value: id, kind: "id" };
  const value = withoutHash(read("data-disqus-url") || (owner instanceof HTMLAnchorElement && owner.getAttribute("href")) || "");
  return value ? { value, kind: "url" } : null;
}

function withoutHash(address: string): string {
  if (!address) return "";
  try {
    const url = new URL(address, document.baseURI);
    url.hash = "";
    return /^https?:$/.test(url.protocol) ? url.href : "";
  } catch {
    return "";
  }
}

/** Splits what is wanted into requests, bounded in number of keys and in length. */
export function parts(wanted: readonly Wanted[]): (readonly Wanted[])[] {
  const result: (readonly Wanted[])[] = [];
  let current: Wanted[] = [];
  let length = 0;
  for (const one of wanted) {
    const cost = encodeURIComponent(one.value).length + 5;
    if (current.length === 0 || current.length === perRequest || length + cost > longestQuery) {
      result.push((current = []));
      length = 0;
    }
    current.push(one);
    length += cost;
  }
  return result;
}

/** "1 Comment", or as the texts say, in which {num} is the number. */
export function inWords(comments: number, { zero, one, multiple }: Texts): string {
  const text = comments === 0 ? zero : comments === 1 ? one : multiple;
  const usual = comments === 1 ? "{num} Comment" : "{num} Comments";
  return (typeof text === "string" ? text : usual).replace("{num}", String(comments));
}
