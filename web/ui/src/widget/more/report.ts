// Reporting a comment to the moderators, with a reason.
import type { Item } from "../forest";
import type { Widget } from "../widget";
import { askComment } from "./ask";
import { h } from "./lent";
import { openPanel } from "./panel";

const reasons = [
  ["spam", "reportSpam"],
  ["abuse", "reportAbuse"],
  ["off-topic", "reportOffTopic"],
  ["personal-data", "reportPersonal"],
  ["other", "reportOther"],
] as const;

export function reportComment(widget: Widget, item: Item): void {
  const { i18n } = widget;
  const { id } = item.comment;
  const choices = reasons.map(([value, label], index) => {
    const input = h("input", { type: "radio", name: `pb-why-${id}`, value, checked: index === 0 });
    return h("label", { class: "tick" }, input, i18n.t(label));
  });
  const details = h("textarea", { id: `pb-details-${id}`, rows: 2, maxlength: 1000, dir: "auto", placeholder: " " });
  const form = openPanel(widget, item, {
    title: i18n.t("reportComment"),
    content: [
      h("div", { class: "ticks", role: "radiogroup", "aria-label": i18n.t("reportComment") }, ...choices),
      h("div", { class: "field" }, h("label", { for: details.id }, i18n.t("reportDetails")), details),
    ],
    submit: i18n.t("reportSend"),
    cancel: i18n.t("cancel"),
    act: "report",
    run: async () => {
      const reason = form.querySelector<HTMLInputElement>("input:checked")?.value ?? "other";
      await askComment(widget, id, "/reports", { method: "POST", body: { reason, text: details.value.trim() } });
      thank(widget, form);
    },
  });
  form.querySelector<HTMLElement>("input")?.focus();
}

/** Leaves a word of thanks in the form's place, where the focus is. */
function thank(widget: Widget, form: HTMLElement): void {
  const thanks = h("p", { class: "note thanks", tabindex: -1 }, widget.i18n.t("reported"));
  form.after(thanks);
  thanks.focus();
  widget.announce(widget.i18n.t("reported"));
}
