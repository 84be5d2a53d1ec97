// count.js: writes the number of comments beside links to articles, by the DISQUSWIDGETS contract.
import { currentSource } from "../shared/script";
import { Counter, type Answer } from "./counter";

interface Widgets {
  getCount?(options?: { readonly reset?: unknown } | null): void;
  displayCount?(answer?: Answer | null): void;
}

/** The page may put its own functions there, or take the object away. */
function widgets(): Widgets | undefined {
  return (window as unknown as { DISQUSWIDGETS?: Widgets }).DISQUSWIDGETS;
}

function publish(): void {
  const source = currentSource("count.js");
  if (!source) return;
  const counter = new Counter(source, (answer) => widgets()?.displayCount?.(answer));
  const DISQUSWIDGETS: Widgets & Record<string, unknown> = {
    forum: source.site,
    domain: new URL(source.base).host,
    proto: source.base.replace(/\/\/.*$/, "//"),
    getCount: (options) => counter.scan(!!options?.reset),
    displayCount: (answer) => counter.display(answer ?? {}),
  };
  Object.assign(window, { DISQUSWIDGETS }); // not defined: a page may have declared the name with var
}

if (widgets() === undefined) publish();
const scan = (): void => widgets()?.getCount?.();
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", scan, { once: true });
else scan();
