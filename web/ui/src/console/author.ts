// Who wrote it, and how that went before.
import { h } from "../shared/dom";
import { Clock } from "../shared/time";
import { chip } from "./controls";
import { marked } from "./marked";
import { count, label, t } from "./texts";
import type { DetailActions } from "./detail";
import type { Author, Match } from "./wire";

const clock = new Clock(document.documentElement.lang || "en");
const figures = [["approved", "status=approved"], ["removed", "status=removed"], ["spam", "status=spam"], ["pending", "lane=all"]] as const;

export function authorPanel(author: Author, inEmail: readonly Match[], actions: DetailActions): HTMLElement {
  const past = figures.map(([name, query]) => {
    const link = h("button", { type: "button", class: `figure figure-${name}`, disabled: author[name] === 0, "data-focus": `author-${name}` }, h("strong", null, count(author[name])), h("span", null, t(`detail.author.${name}`)));
    link.addEventListener("click", () => actions.show(`?${query}&author=${encodeURIComponent(author.id)}`));
    return h("li", null, link);
  });
  const since = author.first_seen ? t("detail.author.since", { date: clock.ago(author.first_seen, Date.now()) }) : "";
  return h("section", { class: "block author", "aria-labelledby": "author-title" },
    h("h2", { class: "label", id: "author-title" }, t("detail.author")),
    h("p", { class: "author-line" }, h("bdi", { class: "author-name" }, author.name || t("row.anonymous")), " ", chip(label("author", author.kind), "chip-quiet"), author.email ? h("span", { class: "email" }, ...marked(author.email, inEmail)) : null, h("span", { class: "meta" }, since)),
    author.sanction ? h("p", { class: "banner" }, sanction(author.sanction)) : null,
    bar(author),
    h("ul", { class: "figures", "aria-label": t("detail.author.history") }, ...past));
}

/** Past decisions as one bar; the figures below say the same in words. */
function bar(author: Author): HTMLElement | null {
  const total = author.approved + author.removed + author.spam;
  if (total === 0) return null;
  const parts = (["approved", "removed", "spam"] as const).map((name) => {
    const part = h("span", { class: `bar-${name}` });
    part.style.flexGrow = String(author[name]);
    part.hidden = author[name] === 0;
    return part;
  });
  return h("div", { class: "record", "aria-hidden": true }, ...parts);
}

function sanction(found: { readonly kind: string; readonly until: string | null }): string {
  if (!found.until) return t("detail.author.sanction", { kind: found.kind });
  return t("detail.author.sanction-until", { kind: found.kind, date: clock.full(found.until) });
}
