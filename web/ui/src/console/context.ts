// The conversation around a comment, as readers see it.
import { h } from "../shared/dom";
import { renderBody } from "../shared/tree";
import { shortAge } from "./controls";
import { t } from "./texts";
import { openDialog } from "./reasons";
import { button } from "./controls";
import type { Comment, Thread } from "../shared/wire";
import type { Item } from "./wire";

/** Comments shown on each side of the one in question. */
const around = 12;

/** Opens the part of the public thread that this comment belongs to. */
export async function showContext(item: Item): Promise<void> {
  const body = h("div", { class: "context-body" }, h("p", { class: "hint" }, t("list.loading")));
  const dialog = h("dialog", { class: "sheet-dialog context", "aria-labelledby": "context-title" },
    h("header", null, h("h2", { id: "context-title" }, t("detail.context")), button(t("do.close"), "Esc", () => dialog.close(), "quiet")),
    h("p", { class: "meta", dir: "auto" }, item.article.title || item.article.url), body);
  openDialog(dialog);
  try {
    const comments = await load(item);
    body.replaceChildren(...(comments.length ? comments.map((comment) => entry(comment, item)) : [h("p", { class: "hint" }, t("detail.context.none"))]));
    body.querySelector(".here")?.scrollIntoView({ block: "center" });
  } catch {
    body.replaceChildren(h("p", { class: "banner", role: "alert" }, t("problem.server")));
  }
}

async function load(item: Item): Promise<readonly Comment[]> {
  const { article, comment } = item;
  const anchor = comment.status === "approved" ? comment.id : (item.parent?.id ?? "");
  const query = new URLSearchParams({ url: article.url, limit: "50", body: "tree", ...(article.id ? { id: article.id } : {}), ...(anchor ? { around: anchor } : {}) });
  const answer = await fetch(`/api/v1/sites/${encodeURIComponent(article.site)}/thread?${query.toString()}`, { credentials: "omit" });
  if (!answer.ok) throw new Error(String(answer.status));
  const { comments } = (await answer.json()) as Thread;
  const at = comments.findIndex((candidate) => candidate.id === anchor);
  const from = Math.max(0, at - around);
  return comments.slice(from, from + 2 * around + 1);
}

function entry(comment: Comment, item: Item): HTMLElement {
  const here = comment.id === item.comment.id ? "here" : comment.id === item.parent?.id ? "here parent-here" : "";
  const text = h("div", { class: "text", dir: "auto" });
  if (comment.body) renderBody(comment.body, text);
  else text.append(t("detail.context.gone"));
  const entry = h("article", { class: `context-entry ${here}` },
    h("p", { class: "meta" }, h("strong", { dir: "auto" }, comment.author ? comment.author.name || t("row.anonymous") : ""), ` ${shortAge(comment.created_at)}`), text);
  entry.style.marginInlineStart = `${Math.min(comment.depth, 5) * 20}px`;
  return entry;
}
