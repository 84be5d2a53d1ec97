// The script that a site includes: finds its server and site from its own address, and keeps one widget in the page.
import { currentSource, type Source } from "../shared/script";
import { Widget } from "../widget/widget";
import { emit, findContainer, globals, readPage, type PageConfig } from "./page";

interface ResetOptions {
  readonly reload?: unknown;
  readonly config?: unknown;
}

/** One run of the script. The page may delete `DISQUS` and run it again; the new run then ends the old one. */
class Embed {
  readonly #source: Source;
  #widget: Widget | null = null;
  #config: PageConfig | null = null;
  #place = "";

  constructor(source: Source) {
    this.#source = source;
  }

  /** Shows the thread of the page as it is described now. The answer for an earlier description is ignored. */
  load(configure?: unknown): void {
    const replyTo = this.stop();
    const { config, language, ...article } = readPage(configure);
    this.#config = config;
    const tell = (event: string, ...values: readonly unknown[]): void => emit(config, event, values);
    tell("preData");
    const container = findContainer();
    if (!container) return;
    tell("preInit");
    const { id, url, title } = article;
    const place = id || url;
    const widget = new Widget({
      ...this.#source,
      container,
      article: { id, url, title },
      languages: [language, document.documentElement.lang, ...navigator.languages],
      replyTo: place === this.#place ? replyTo : null,
      emit: tell,
    });
    this.#place = place;
    this.#widget = widget;
    tell("onInit");
    void widget.mount();
  }

  /** `reset({reload: true, config})` describes the page anew; without `reload` the thread is only taken down. */
  reset(options?: ResetOptions): void {
    if (!options?.reload) return void this.stop();
    if (this.#config) emit(this.#config, "preReset", []);
    this.load(typeof options.config === "function" ? options.config : undefined);
  }

  /** Takes the thread down and leaves nothing behind; drafts are kept. */
  stop(): string | null {
    const replyTo = this.#widget?.destroy() ?? null;
    this.#widget = null;
    return replyTo;
  }
}

interface Handle {
  stop(): void;
}

/** Starts once the container can be there: a script in the head may run before the body is read. */
function start(source: Source): void {
  const embed = new Embed(source);
  (globals()["postbag"] as Handle | undefined)?.stop?.();
  let started = false;
  const first = (): void => {
    if (!started) embed.load();
    started = true;
  };
  const publish = (name: string, value: object): void =>
    void Object.defineProperty(window, name, { value, configurable: true, enumerable: true, writable: true });
  const stop = (): void => {
    started = true;
    embed.stop();
  };
  publish("postbag", { stop });
  publish("DISQUS", {
    reset(options?: ResetOptions): void {
      started = true;
      embed.reset(options);
    },
  });
  if (document.readyState === "loading" && !findContainer()) document.addEventListener("DOMContentLoaded", first, { once: true });
  else first();
}

const source = currentSource("embed.js");
if (source) start(source);
else console.warn("Postbag: the address of embed.js names no site.");
