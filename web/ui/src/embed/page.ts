// The page's side of the embed contract: what existing Disqus code sets, and what it may expect to find set.

export const events = [
  "preData", "preInit", "onInit", "onReady", "afterRender", "preReset", "onIdentify", "beforeComment", "onNewComment", "onPaginate",
] as const;

type Loose = Record<string, unknown>;

/** The object that `disqus_config` is called with. The page may replace any part of it by anything. */
export interface PageConfig {
  page: unknown;
  callbacks: unknown;
  sso: unknown;
  language: unknown;
  category_id?: unknown;
  experiment: unknown;
  discovery: unknown;
}

/** What the widget takes from a page. */
export interface PageSettings {
  readonly config: PageConfig;
  /** Equal for two descriptions of the same thread, in the same words, for the same reader. */
  readonly key: string;
  readonly id: string;
  readonly url: string;
  readonly title: string;
  readonly language: string;
  /** What a guest's name and e-mail address begin with. */
  readonly guest: { readonly name: string; readonly email: string };
}

/** The window's own names, of which nothing is known. */
export function globals(): Loose {
  return window as unknown as Loose;
}

/** Calls the page's function, or the global one, and settles what it left undefined from the older global variables and the document. */
export function readPage(configure: unknown): PageSettings {
  const config = freshConfig();
  call(configure ?? globals()["disqus_config"], config);
  const page = loose(config.page);
  const old = (name: string): unknown => globals()[`disqus_${name}`];
  const read = (name: string): string => text(page[name] ?? old(name));
  const said = {
    id: read("identifier"),
    url: address(read("url")),
    title: read("title") || document.title || location.href,
    language: text(config.language),
  };
  return {
    config,
    ...said,
    key: Object.values(said).join() + text(page["remote_auth_s3"]) + text(page["remote_auth_jwt"]),
    guest: { name: text(old("def_name")), email: text(old("def_email")) },
  };
}

function freshConfig(): PageConfig {
  const callbacks: Loose = {};
  for (const event of events) callbacks[event] = [];
  return { page: {}, callbacks, sso: {}, language: "", experiment: {}, discovery: {} };
}

/** The article's address without its fragment: as the page says, else its canonical link, else where the reader is, or the page around a frame that has no address. */
export function address(said: string): string {
  const canonical = document.querySelector<HTMLLinkElement>('link[rel~="canonical"][href]')?.href;
  for (const candidate of [said, canonical, location.href, document.baseURI]) {
    if (!candidate) continue;
    try {
      const url = new URL(candidate, document.baseURI);
      url.hash = "";
      if (/^https?:$/.test(url.protocol)) return url.href;
    } catch {
      // Not an address at all; the next one may be.
    }
  }
  return "";
}

/** Tells the page of an event. A function of the page that throws stops nothing. */
export function emit(config: PageConfig, event: string, values: readonly unknown[]): void {
  const found = loose(config.callbacks)[event];
  for (const callback of Array.isArray(found) ? [...(found as unknown[])] : [found]) call(callback, config, ...values);
}

function call(candidate: unknown, self: PageConfig, ...values: readonly unknown[]): void {
  if (typeof candidate !== "function") return;
  try {
    Reflect.apply(candidate, self, values);
  } catch (error) {
    console.warn("Postbag: a function of this page failed:", error);
  }
}

function loose(value: unknown): Loose {
  return value !== null && typeof value === "object" ? (value as Loose) : {};
}

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** Where the thread goes: the element that the page names, the usual one, or one marked for us. */
export function findContainer(): HTMLElement | null {
  const named = text(globals()["disqus_container_id"]);
  return (named && document.getElementById(named)) || document.getElementById("disqus_thread") || document.querySelector<HTMLElement>("[data-postbag]");
}
