// Small pieces that the parts of the screen are made of.
import { h, type Child } from "../shared/dom";

/** A button that says what it does and shows its key. */
export function button(text: string, key: string, press: () => void, look = ""): HTMLButtonElement {
  const element = h("button", { type: "button", class: `button ${look}`.trim() }, h("span", null, text), key ? cap(key) : null);
  if (key) element.setAttribute("aria-keyshortcuts", key === "Esc" ? "Escape" : key);
  element.addEventListener("click", press);
  return element;
}

/** Key caps, hidden from screen readers as `aria-keyshortcuts` and the help sheet say the same. */
export function cap(keys: string): HTMLElement {
  return h("span", { class: "caps", "aria-hidden": true }, ...keys.split(" ").map((key) => h("kbd", null, key)));
}

export function chip(text: string, look = ""): HTMLElement {
  return h("span", { class: `chip ${look}`.trim() }, text);
}

/** A labelled select. */
export function choice(label: string, options: readonly (readonly [value: string, text: string])[], value: string, changed: (value: string) => void): HTMLLabelElement {
  const select = h("select", null, ...options.map(([key, text]) => h("option", { value: key }, text)));
  select.value = value;
  select.addEventListener("change", () => changed(select.value));
  return h("label", { class: "pick" }, h("span", null, label), select);
}

/** Replaces the content of an element. */
export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren(...children.filter((child): child is Node | string => Boolean(child)));
}

const svg = "http://www.w3.org/2000/svg";

/** A line drawing from path data in a 24 by 24 box; it says nothing to a screen reader. */
export function icon(path: string, look = "icon"): SVGElement {
  const element = document.createElementNS(svg, "svg");
  for (const [name, value] of [["viewBox", "0 0 24 24"], ["class", look], ["aria-hidden", "true"], ["focusable", "false"]] as const) element.setAttribute(name, value);
  const line = document.createElementNS(svg, "path");
  line.setAttribute("d", path);
  element.append(line);
  return element;
}

/** The first letters of a name's first two words. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).slice(0, 2);
  return words.map((word) => String.fromCodePoint(word.codePointAt(0) ?? 0x3f)).join("").toUpperCase();
}

/** Age in its shortest form: 45s, 12m, 3h, 5d. */
export function shortAge(time: string, now = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(time)) / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86400)}d`;
}
