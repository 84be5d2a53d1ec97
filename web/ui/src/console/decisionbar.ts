// The buttons under the open comment, and those for many picked at once. Each shows its key.
import { h } from "../shared/dom";
import { button } from "./controls";
import { heldByOther } from "./deck";
import { allowed, type State } from "./state";
import { t, tn } from "./texts";
import type { Command } from "./keys";
import { actions, type Action } from "./wire";

const capOf: Readonly<Record<Action, string>> = { approve: "A", remove: "R", spam: "S", escalate: "E" };

export class DecisionBar {
  readonly element: HTMLElement;
  readonly #state: State;
  readonly #decide = new Map<Action, HTMLButtonElement>();
  readonly #undo: HTMLButtonElement;
  readonly #claim: HTMLButtonElement;
  readonly #one: HTMLElement[];
  readonly #picked = h("p", { class: "picked-count", role: "status" });
  readonly #many: HTMLElement;
  readonly #all: HTMLButtonElement;

  constructor(state: State, run: (command: Command) => boolean, pickAll: () => void) {
    this.#state = state;
    const make = (text: string, key: string, command: Command, look = ""): HTMLButtonElement => button(text, key, () => run(command), look);
    for (const action of actions) this.#decide.set(action, make(t(`do.${action}`), capOf[action], action, `decide decide-${action}`));
    this.#undo = make(t("do.undo"), "Z", "undo", "quiet undo");
    this.#claim = make(t("do.release"), "L", "claim", "quiet");
    this.#all = button("", "", pickAll, "small");
    const more = h("details", { class: "more" }, h("summary", { class: "button quiet" }, t("do.more")),
      h("div", { class: "more-sheet" },
        make(t("do.context"), "C", "context", "quiet"), make(t("do.article"), "O", "article", "quiet"), make(t("do.pick"), "X", "pick", "quiet"), this.#claim, make(t("do.help"), "?", "help", "quiet")));
    more.addEventListener("click", (event) => {
      if (event.target instanceof Element && event.target.closest(".more-sheet button")) more.open = false;
    });
    const move = h("div", { class: "move" }, make(t("do.previous"), "K", "previous", "quiet step-button"), make(t("do.next"), "J", "next", "quiet step-button"), this.#undo, more);
    this.#many = h("div", { class: "bulk", role: "group", "aria-label": t("bulk.label"), hidden: true }, this.#picked, this.#all, make(t("do.clear"), "Esc", "escape", "small"));
    this.#one = [move];
    this.element = h("footer", { class: "decisions-bar" }, this.#many, h("div", { class: "decide-row" }, ...this.#decide.values()), move);
  }

  render(undoable: boolean, held: boolean): void {
    const { deck } = this.#state;
    const item = deck.current;
    const many = deck.picked.size;
    this.#many.hidden = many === 0;
    this.#picked.textContent = many ? tn("bulk.picked", many) : "";
    const [text] = this.#all.children;
    if (text) text.textContent = t("do.all", { n: Math.min(100, deck.items.length) });
    const can = item && !heldByOther(item) ? allowed(item) : [];
    for (const [action, control] of this.#decide) {
      control.disabled = many === 0 && !can.includes(action);
      const [name] = control.children;
      if (name) name.textContent = label(action, this.#state) + (many ? ` ${many}` : "");
    }
    this.#undo.disabled = !undoable;
    const [claim] = this.#claim.children;
    if (claim) claim.textContent = t(held ? "do.release" : "do.claim");
    for (const part of this.#one) part.classList.toggle("with-bulk", many > 0);
  }
}

function label(action: Action, state: State): string {
  return action === "approve" && state.view.status ? t("do.restore") : t(`do.${action}`);
}
