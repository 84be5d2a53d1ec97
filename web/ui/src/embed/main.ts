// The script that a site includes: finds its server and site from its own address, and keeps one widget in the page.
import { currentSource, type Source } from "../shared/script";
import { Widget, type Left } from "../widget/widget";
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
  #left: Left | null = null;
  #run: symbol | null = null;

  constructor(source: Source) {
    this.#source = source;
  }

  /** Shows the thread of the page as it is described now. The answer for an earlier description is ignored. */
  load(configure?: unknown): void {
    this.stop();
    const run = (this.#run = Symbol());
    const { config, id, url, title, language, guest } = readPage(configure);
    this.#config = config;
    const tell = (event: string, ...values: readonly unknown[]): void => emit(config, event, values);
    tell("preData");
    const container = findContainer();
    if (!container) return;
    tell("preInit");
    if (this.#run !== run) return; // one of the page's functions has called reset
    const widget = new Widget({
      ...this.#source,
      container,
      article: { id, url, title },
      languages: [language, document.documentElement.lang, ...navigator.languages],
      guest,
      left: this.#left?.place === (id || url) ? this.#left : null,
      emit: tell,
      gone: () => this.#widget === widget && this.stop(),
    });
    this.#left = null;
    this.#widget = widget;
    widget.mount();
    tell("onInit");
  }

  /** `reset({reload: true, config})` describes the page anew; without `reload` the thread is only taken down. */
  reset(options?: ResetOptions | null): void {
    if (!options?.reload) return this.stop();
    if (this.#config) emit(this.#config, "preReset", []);
    this.load(typeof options.config === "function" ? options.config : undefined);
  }

  /** Takes the thread down and leaves nothing behind; drafts are kept. */
  stop(): void {
    if (this.#widget) this.#left = this.#widget.destroy();
    this.#widget = this.#run = null;
  }
}

interface Handle {
  stop(): void;
}

/** Starts once the container can be there: a script in the head may run before the body is read. */
function start(source: Source): void {
  const embed = new Embed(source);
  const first = (): void => embed.load();
  const waits = (): void => document.removeEventListener("DOMContentLoaded", first);
  const publish = (name: string, value: object): void =>
    void Object.defineProperty(window, name, { value, configurable: true, enumerable: true, writable: true });
  (globals()["postbag"] as Handle | undefined)?.stop?.();
  publish("postbag", {
    stop(): void {
      waits();
      embed.stop();
    },
  });
  publish("DISQUS", {
    reset(options?: ResetOptions | null): void {
      waits();
      embed.reset(options);
    },
  });
  if (document.readyState === "loading" && !findContainer()) document.addEventListener("DOMContentLoaded", first);
  else first();
}

const source = currentSource("embed.js");
if (source) start(source);
else console.warn("Postbag: the address of embed.js names no site.");
