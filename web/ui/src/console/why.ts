// The strip that comes first: why this comment waits.
import { add, h } from "../shared/dom";
import { chip, icon } from "./controls";
import { label, t, tn } from "./texts";
import { unitPositions } from "./offsets";
import { authorName, judgedText } from "./state";
import type { Item, Match, Reason } from "./wire";

const flag = "M6 21V4h11l-2 4 2 4H6";

export function whyStrip(item: Item): HTMLElement {
  const list = h("ul", { class: "why-list" });
  const all = item.why ?? [];
  for (const why of all.filter((one) => one.action)) list.append(reasonRow(item, why));
  if (item.comment.sampled && item.comment.lane === "new") list.append(h("li", null, h("span", null, t("detail.why.sample"))));
  if (item.reports?.length) list.append(h("li", null, chip(tn("detail.reports", item.reports.length), "chip-warn")));
  if (!list.childElementCount) list.append(h("li", null, h("span", null, otherwise(item))));
  for (const why of all.filter((one) => !one.action)) list.append(reasonRow(item, why));
  const title = t(!item.comment.lane ? "detail.why.done" : item.comment.status === "approved" ? "detail.why.public" : "detail.why");
  return h("section", { class: `why why-${item.comment.lane || item.comment.status}`, "aria-labelledby": "why-title" }, h("h2", { id: "why-title", class: "label" }, icon(flag), title), list);
}

function reasonRow(item: Item, why: Reason): HTMLElement {
  const row = h("li", { class: why.action ? "" : "why-would" }, h("strong", { dir: "auto" }, why.name));
  if (!why.action) row.append(chip(label("detail.would", why.would), "chip-quiet"));
  row.append(h("span", null, why.detail));
  const words = [...new Set((why.matches ?? []).map((match) => matchedWord(item, match)).filter(Boolean))];
  if (words.length) add(row, h("span", { class: "found" }, ...words.slice(0, 8).map((word) => h("mark", { dir: "auto" }, word))));
  for (const field of new Set((why.matches ?? []).map((match) => match.field))) {
    if (field === "name" || field === "email" || field === "link") row.append(chip(t(`detail.in.${field}`), "chip-quiet"));
  }
  return row;
}

function matchedWord(item: Item, match: Match): string {
  const text = match.field === "name" ? authorName(item) : match.field === "email" ? (item.author?.email ?? "") : judgedText(item);
  const [start = 0, end = 0] = unitPositions(text, [match.start, match.end]);
  return text.slice(start, end);
}

function otherwise(item: Item): string {
  if (item.comment.lane === "new") return t("detail.why.new");
  if (item.comment.lane === "escalated") return t("detail.why.escalated");
  if (item.comment.lane === "pending" && item.comment.external_id) return t("detail.why.imported");
  return item.comment.lane === "pending" ? t("detail.why.mode") : t("detail.why.none");
}
