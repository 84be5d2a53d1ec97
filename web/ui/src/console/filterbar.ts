// Search, order and site above the list, and the filters that are on.
import { h } from "../shared/dom";
import { choice } from "./controls";
import { t } from "./texts";
import { sorts, type Sort, type View } from "./view";
import type { State } from "./state";

/** Milliseconds after the last letter until the search starts. */
const pause = 300;

export class FilterBar {
  readonly element: HTMLElement;
  readonly search: HTMLInputElement;
  readonly #sort: HTMLLabelElement;
  readonly #site: HTMLLabelElement | null;
  readonly #chips = h("div", { class: "filter-chips" });
  readonly #state: State;
  readonly #go: (view: View) => void;
  #timer = 0;

  constructor(state: State, go: (view: View, quiet?: boolean) => void) {
    this.#state = state;
    this.#go = go;
    this.search = h("input", { type: "search", id: "search", placeholder: t("filter.search.placeholder"), autocomplete: "off" });
    this.search.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => go({ ...state.view, q: this.search.value.trim() }, true), pause);
    });
    this.#sort = choice(t("filter.sort"), sorts.map((sort) => [sort, t(`sort.${sort}`)] as const), state.view.sort, (sort) => go({ ...state.view, sort: sort as Sort }));
    const { sites } = state.me;
    this.#site = sites.length > 1 ? choice(t("filter.site"), [["", t("filter.all-sites")] as const, ...sites.map((site) => [site.key, site.name] as const)], state.view.site, (site) => go({ ...state.view, site, article: "" })) : null;
    this.element = h("div", { class: "filters", role: "search" },
      h("label", { class: "search" }, h("span", { class: "sr" }, t("filter.search")), this.search, h("kbd", { "aria-hidden": true }, "/")),
      this.#site, this.#sort, this.#chips);
  }

  render(): void {
    const { view } = this.#state;
    if (document.activeElement !== this.search) this.search.value = view.q;
    set(this.#sort, view.sort);
    if (this.#site) set(this.#site, view.site);
    this.#chips.replaceChildren(...(["article", "author", "rule"] as const).filter((name) => view[name]).map((name) => this.#chip(name)));
  }

  #chip(name: "article" | "author" | "rule"): HTMLElement {
    const text = this.#describe(name);
    const chip = h("button", { type: "button", class: "filter-chip", "aria-label": t("filter.remove", { name: text }) }, h("span", null, text), h("span", { "aria-hidden": true }, "×"));
    chip.addEventListener("click", () => this.#go({ ...this.#state.view, [name]: "" }));
    return chip;
  }

  /** A filter by what it means, where a loaded comment tells. */
  #describe(name: "article" | "author" | "rule"): string {
    const [first] = this.#state.deck.items;
    const value = this.#state.view[name];
    const said = name === "article" ? first?.article.title : name === "author" ? first?.author?.name : first?.why?.find((why) => why.rule === value)?.name;
    return said ? `${t(`filter.${name}`)}: ${said}` : t(`filter.${name}`);
  }
}

function set(choice: HTMLLabelElement, value: string): void {
  const select = choice.querySelector("select");
  if (select) select.value = value;
}
