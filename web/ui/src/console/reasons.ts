// The menu of reasons that opens with Remove: one more key, or none.
import { h } from "../shared/dom";
import { button } from "./controls";
import { lastReason } from "./settings";
import { t } from "./texts";
import type { SiteReason } from "./wire";

/** Asks for a reason in a dialog. Calls `chosen` with its key ("" for none) and a note; nothing when the moderator closes it. */
export function askReason(site: string, reasons: readonly SiteReason[], many: number, chosen: (reason: string, note: string) => void): void {
  const last = lastReason(site);
  const dialog = h("dialog", { class: "sheet-dialog reasons", "aria-labelledby": "reasons-title" });
  const note = h("input", { type: "text", maxlength: 500, id: "reason-note", autocomplete: "off" });
  const choose = (reason: string): void => {
    const said = note.value.trim();
    dialog.close();
    chosen(reason, said);
  };
  const enter = reasons.some((reason) => reason.key === last) ? last : "";
  const row = (key: string, text: string, cap: string): HTMLLIElement => {
    const press = button(text, cap, () => choose(key), "reason");
    if (key === enter) press.append(h("span", { class: "enter" }, key ? `${t("reason.last")} ` : "", h("kbd", { "aria-hidden": true }, "↵")));
    if (key === enter) press.setAttribute("autofocus", "");
    return h("li", null, press);
  };
  dialog.append(
    h("h2", { id: "reasons-title" }, many > 1 ? t("reason.title.bulk", { n: many }) : t("reason.title")),
    h("p", { class: "hint" }, t("reason.hint")),
    h("ol", { class: "reason-list" }, ...reasons.slice(0, 9).map((reason, i) => row(reason.key, reason.label, String(i + 1))), row("", t("reason.none"), "0")),
    h("label", { class: "note-field" }, h("span", null, t("reason.note")), note),
    button(t("do.close"), "Esc", () => dialog.close(), "quiet"));
  dialog.addEventListener("keydown", (event) => pressed(event, note, reasons, choose, enter));
  openDialog(dialog);
}

function pressed(event: KeyboardEvent, note: HTMLInputElement, reasons: readonly SiteReason[], choose: (reason: string) => void, enter: string): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (event.target === note) {
    if (event.key === "Enter") choose(enter);
    return;
  }
  const digit = /^[0-9]$/.test(event.key) ? Number(event.key) : -1;
  const reason = reasons[digit - 1];
  if (digit === 0 || reason) {
    event.preventDefault();
    choose(reason?.key ?? "");
  }
}

/** Shows a dialog, closes it by a press beside it, and removes it afterwards; the browser returns the focus. */
export function openDialog(dialog: HTMLDialogElement): void {
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.showModal();
}
