// The lists that Disqus offers as scripts: recent comments, popular threads, top commenters, and all three behind tabs. The server wraps this
// in a function of what to list. It stands behind its own script element, with the class names that themes style.
import { inWords, type Texts } from "../count/counter";
import { add, h, type Child } from "../shared/dom";

interface Recent {
  readonly name: string;
  readonly text: string;
  readonly url: string;
  readonly title: string;
  readonly page: string;
  readonly date: string;
}

interface Popular {
  readonly title: string;
  readonly url: string;
  readonly count: number;
}

interface Person {
  readonly name: string;
  readonly count: number;
}

/** What the server has found. */
export interface Lists {
  readonly recent?: readonly Recent[];
  readonly popular?: readonly Popular[];
  readonly people?: readonly Person[];
  /** How numbers of comments are written, where that is not the English way. */
  readonly text?: Texts;
  /** Pixels of a picture; 0 for none. */
  readonly size: number;
  readonly horizontal?: boolean;
  /** Of the tabs: the name of a colour, and which list is open. */
  readonly color?: string;
  readonly tab?: string;
  /** What the tabs say. */
  readonly labels?: Readonly<Record<"people" | "recent" | "popular", string>>;
}

declare const __LISTS__: Lists;

const plural = (n: number): string => inWords(n, __LISTS__.text ?? { zero: "0 comments", one: "1 comment", multiple: "{num} comments" });

function avatar(): Child {
  const { size } = __LISTS__;
  if (!size) return null;
  const face = h("span", { class: "dsq-widget-avatar", "aria-hidden": "true" });
  Object.assign(face.style, { display: "inline-block", width: `${size}px`, height: `${size}px`, borderRadius: "50%", background: "#bbb", verticalAlign: "middle" });
  return face;
}

function listOf(items: readonly (readonly Child[])[]): HTMLElement {
  return h("ul", { class: "dsq-widget-list" }, ...items.map((parts) => h("li", { class: "dsq-widget-item" }, ...parts)));
}

function meta(...parts: readonly Child[]): HTMLElement {
  return h("p", { class: "dsq-widget-meta" }, ...parts);
}

function recentList(list: readonly Recent[]): HTMLElement {
  return listOf(
    list.map(({ name, text, url, title, page, date }) => [
      avatar(), " ", h("span", { class: "dsq-widget-user", dir: "auto" }, name), " ", h("span", { class: "dsq-widget-comment", dir: "auto" }, text),
      meta(h("a", { href: page, dir: "auto" }, title), " · ", h("a", { href: url }, date)),
    ]),
  );
}

function popularList(list: readonly Popular[]): HTMLElement {
  return listOf(list.map(({ title, url, count }) => [h("a", { class: "dsq-widget-thread", href: url, dir: "auto" }, title), meta(plural(count))]));
}

function peopleList(list: readonly Person[]): HTMLElement {
  const element = listOf(list.map(({ name, count }) => [avatar(), " ", h("span", { class: "dsq-widget-user", dir: "auto" }, name), meta(plural(count))]));
  if (__LISTS__.horizontal) Object.assign(element.style, { display: "flex", flexWrap: "wrap", gap: "0 1.5em" });
  return element;
}

let tabs = 0;

/** Several lists, one of them visible; arrow keys go from tab to tab. */
function tabbed(panels: readonly (readonly [name: string, label: string, list: HTMLElement])[]): HTMLElement {
  const { color, tab } = __LISTS__;
  const list = h("div", { role: "tablist", class: "dsq-combo-tabs" });
  const box = h("div", { class: `dsq-combo-widget dsq-combo-${color ?? ""}` }, list);
  const buttons = panels.map(([name, label, panel]) => {
    const id = `postbag-tab-${++tabs}-${Date.now().toString(36)}`;
    const button = h("button", { type: "button", role: "tab", id, "aria-controls": `${id}-panel`, "data-tab": name }, label);
    box.append(h("div", { role: "tabpanel", id: `${id}-panel`, "aria-labelledby": id, class: `dsq-combo-${name}` }, panel));
    return button;
  });
  const open = (chosen: HTMLElement): void =>
    buttons.forEach((button, index) => {
      const selected = button === chosen;
      button.ariaSelected = String(selected);
      button.tabIndex = selected ? 0 : -1;
      Object.assign(button.style, { border: "0", borderBottom: `3px solid ${selected ? (color ?? "") : "transparent"}`, background: "none", color: "inherit", font: "inherit", padding: "0.4em 0.8em", cursor: "pointer" });
      (box.children[index + 1] as HTMLElement).hidden = !selected;
    });
  list.append(...buttons);
  list.addEventListener("click", ({ target }) => target instanceof HTMLElement && buttons.includes(target as HTMLButtonElement) && open(target));
  list.addEventListener("keydown", ({ key }) => {
    const ahead = getComputedStyle(list).direction === "rtl" ? -1 : 1;
    const step = key === "ArrowRight" ? ahead : key === "ArrowLeft" ? -ahead : 0;
    const at = buttons.findIndex((button) => button.tabIndex === 0) + step;
    const next = buttons[(at + buttons.length) % buttons.length];
    if (!step || !next) return;
    open(next);
    next.focus();
  });
  open(buttons.find((button) => button.dataset["tab"] === tab) ?? buttons[0]!);
  return box;
}

function draw({ recent, popular, people, labels }: Lists): Child {
  if (labels) {
    return tabbed([
      ["people", labels.people, peopleList(people ?? [])],
      ["recent", labels.recent, recentList(recent ?? [])],
      ["popular", labels.popular, popularList(popular ?? [])],
    ]);
  }
  if (recent) return recentList(recent);
  return popular ? popularList(popular) : peopleList(people ?? []);
}

const script = document.currentScript;
const drawn = script?.parentNode && draw(__LISTS__);
if (script && drawn) {
  const rest = document.createDocumentFragment();
  add(rest, drawn);
  script.after(rest);
}
