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
  /** What the thread was described as; empty when that came with a reset. */
  #key = "";
  #later!: () => void;

  constructor(source: Source) {
    this.#source = source;
  }

  /** Whether a script that is loaded once more, by a component that was mounted twice for example, would only show again what is there. */
  holds({ base, site }: Source): boolean {
    const shown = this.#widget?.options;
    return shown?.base === base && shown.site === site && shown.container === findContainer() && (!this.#key || this.#key === readPage(null).key);
  }

  /**
   * Shows the thread of the page as it is described now, once the container can be there: a script in the head may run before the body is
   * read. The answer for an earlier description is ignored, and its page is told nothing more.
   */
  load(configure?: unknown): void {
    this.stop();
    if (document.readyState === "loading" && !findContainer()) {
      document.addEventListener("DOMContentLoaded", (this.#later = () => this.load(configure)));
      return;
    }
    const run = (this.#run = Symbol());
    const { config, key, id, url, title, language, guest } = readPage(configure);
    const tell = (event: string, ...values: readonly unknown[]): void => {
      if (this.#run === run) emit(config, event, values);
    };
    if (this.#run !== run) return; // one of the page's functions has called reset
    this.#config = config;
    this.#key = configure ? "" : key;
    tell("preData");
    const container = findContainer();
    if (!container) return;
    tell("preInit");
    if (this.#run !== run) return;
    const widget = new Widget({
      ...this.#source,
      container,
      article: { id, url, title },
      languages: [language, document.documentElement.lang, ...(navigator.languages ?? [])],
      guest,
      left: this.#left?.place === (id || url) ? this.#left : null,
      vouch: (again) => (again ? readPage(configure).config : config),
      emit: tell,
      moved: () => {
        if (this.#widget === widget) this.stop();
        else if (!this.#widget && globals()["postbag"] === this && globals()["DISQUS"]) this.load(configure);
      },
    });
    this.#left = null;
    this.#widget = widget;
    widget.mount();
    tell("onInit");
  }

  /** `reset({reload: true, config})` describes the page anew; without `reload` the thread is only taken down. */
  reset(options?: ResetOptions | null): void {
    if (!options?.reload) return this.stop();
    const config = this.#config;
    const run = this.#run;
    this.#config = null; // a reset within preReset is told to nobody
    if (config) emit(config, "preReset", []);
    if (this.#run === run) this.load(typeof options.config === "function" ? options.config : undefined);
  }

  /** Takes the thread down and leaves nothing behind; drafts are kept. */
  stop(): void {
    document.removeEventListener("DOMContentLoaded", this.#later);
    if (this.#widget) this.#left = this.#widget.destroy();
    this.#widget = this.#run = null;
  }
}

/** Puts the names that the page may use on window, in place of those of an earlier run. */
function start(source: Source): void {
  const earlier = globals()["postbag"] as Partial<Embed> | undefined;
  if (globals()["DISQUS"] && earlier?.holds?.(source)) return;
  earlier?.stop?.();
  const embed = new Embed(source);
  // Assigned, not defined: a page may have declared the name with var, which cannot be defined again.
  Object.assign(window, { postbag: embed, DISQUS: { reset: (options?: ResetOptions | null) => embed.reset(options) } });
  embed.load();
}

const source = currentSource("embed.js");
if (source) start(source);
else console.warn("Postbag: the address of embed.js names no site.");
