// The lanes with their counts, and the lists of what has been decided.
import { h } from "../shared/dom";
import { cap } from "./controls";
import { count, label, t } from "./texts";
import { writeView, type View } from "./view";
import type { State } from "./state";
import { lanes, statuses, type DoneStatus, type Lane } from "./wire";

const keys: Readonly<Record<string, string>> = { pending: "G P", reported: "G R", new: "G N", escalated: "G E", sample: "G T", all: "G Q", approved: "G A", removed: "G M", spam: "G S", deleted: "G D" };

function isLane(name: string): name is Lane {
  return (lanes as readonly string[]).includes(name);
}

export class Nav {
  readonly element: HTMLElement;
  readonly #links = new Map<string, { link: HTMLAnchorElement; count: HTMLElement | null }>();
  readonly #live = h("p", { class: "live", role: "status" });
  readonly #state: State;

  constructor(state: State, go: (view: View) => void) {
    this.#state = state;
    const link = (name: string, set: "lane" | "status"): HTMLLIElement => {
      const number = set === "lane" && name !== "all" ? h("span", { class: "count" }) : null;
      const anchor = h("a", { class: `lane lane-${name}`, href: "#", title: isLane(name) ? label("lane", `${name}.hint`) : null }, h("span", { class: "lane-name" }, label(set, name)), cap(keys[name] ?? ""), number);
      anchor.addEventListener("click", (event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        go(this.#target(name, set));
      });
      this.#links.set(`${set}.${name}`, { link: anchor, count: number });
      return h("li", null, anchor);
    };
    this.element = h("nav", { class: "lanes", "aria-label": t("lanes") },
      h("ul", null, ...lanes.map((lane) => link(lane, "lane")), link("all", "lane")),
      h("h2", { class: "label" }, t("done")),
      h("ul", { class: "done" }, ...statuses.map((status) => link(status, "status"))),
      this.#live);
  }

  /** A lane or list as the link shows it: with the site, without the narrower filters. */
  #target(name: string, set: "lane" | "status"): View {
    const plain = { site: this.#state.view.site, article: "", author: "", rule: "", q: "" };
    if (set === "status") return { ...plain, lane: "pending", status: name as DoneStatus, sort: "newest" };
    return { ...plain, lane: name as Lane | "all", status: "", sort: "oldest" };
  }

  render(): void {
    const { view, counts, live } = this.#state;
    const current = view.status ? `status.${view.status}` : `lane.${view.lane}`;
    for (const [name, { link, count: number }] of this.#links) {
      const [set, value] = name.split(".") as ["lane" | "status", string];
      link.href = `/console${writeView(this.#target(value, set))}`;
      if (name === current) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
      if (number) number.textContent = count(counts[value as Lane]);
    }
    this.#live.textContent = t(`live.${live}`);
    this.#live.dataset["state"] = live;
  }
}
