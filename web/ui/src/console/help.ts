// The sheet of all keys.
import { h } from "../shared/dom";
import { button, cap } from "./controls";
import { openDialog } from "./reasons";
import { setShortcuts, shortcuts } from "./settings";
import { label, t } from "./texts";

type Row = readonly [keys: string, text: string];

function groups(): readonly (readonly [title: string, rows: readonly Row[]])[] {
  return [
    [t("help.decide"), [["A", t("do.approve")], ["R", t("do.remove")], ["1 … 9", t("help.reason")], ["↵", t("help.enter")], ["S", t("do.spam")], ["E", t("do.escalate")], ["Z U", t("help.undo")]]],
    [t("help.move"), [["J ↓", t("do.next")], ["K ↑", t("do.previous")], ["X", t("help.pick")], ["⇧ J", t("help.extend")], [".", t("help.fresh")], ["L", `${t("do.claim")} / ${t("do.release")}`]]],
    [t("help.look"), [["C", t("do.context")], ["O", t("do.article")], ["/", t("help.search")], ["?", t("do.help")], ["Esc", t("help.escape")]]],
    [t("help.go"), [["G P", label("lane", "pending")], ["G R", label("lane", "reported")], ["G N", label("lane", "new")], ["G E", label("lane", "escalated")], ["G T", label("lane", "sample")], ["G Q", label("lane", "all")], ["G A", label("status", "approved")], ["G M", label("status", "removed")], ["G S", label("status", "spam")], ["G D", label("status", "deleted")]]],
  ];
}

export function showHelp(): void {
  const dialog = h("dialog", { class: "sheet-dialog help", "aria-labelledby": "help-title" });
  const letters = h("input", { type: "checkbox" });
  letters.checked = shortcuts();
  letters.addEventListener("change", () => {
    setShortcuts(letters.checked);
    showCaps();
  });
  const section = ([title, rows]: readonly [string, readonly Row[]]): HTMLElement =>
    h("section", null, h("h3", { class: "label" }, title), h("dl", null, ...rows.map(([keys, text]) => h("div", null, h("dt", null, readable(keys)), h("dd", null, text)))));
  dialog.append(
    h("header", null, h("h2", { id: "help-title" }, t("help.title")), button(t("do.close"), "Esc", () => dialog.close(), "quiet")),
    h("div", { class: "help-columns" }, ...groups().map(section)),
    h("label", { class: "check" }, letters, ` ${t("help.letters")}`));
  openDialog(dialog);
}

/** Here the keys are the content, so they are read out. */
function readable(keys: string): HTMLElement {
  const caps = cap(keys);
  caps.removeAttribute("aria-hidden");
  return caps;
}

/** Hides the key caps while letters are switched off. */
export function showCaps(): void {
  document.documentElement.classList.toggle("no-caps", !shortcuts());
}
