// One comment as DOM. Buttons carry what they do in data-act; the widget listens once for all of them.
import { h, type Child } from "../shared/dom";
import { renderBody } from "../shared/tree";
import type { Comment } from "../shared/wire";
import { anchorOf, countReplies, type Item } from "./forest";
import type { I18n } from "./i18n";
import { icon } from "./icons";
import type { Key } from "./messages";
import type { Memory } from "./storage";

export interface ItemContext {
  readonly i18n: I18n;
  readonly memory: Memory;
  /** Comments that only this reader sees, with the sentence to show below. */
  readonly waiting: ReadonlyMap<string, string>;
  readonly folded: ReadonlySet<string>;
  nameOf(comment: Comment): string;
}

/** Builds the article element of a comment, without its replies. */
export function renderItem(item: Item, context: ItemContext): HTMLElement {
  const { comment } = item;
  const { i18n, waiting } = context;
  const note = waiting.get(comment.id);
  const gone = comment.state === "tombstone";
  const body = h("div", { class: "body", dir: "auto", lang: "" });
  if (gone) body.append(i18n.t("tombstone"));
  else renderBody(comment.body ?? [], body);
  return h(
    "article",
    { class: `c${gone ? " gone" : ""}${note === undefined ? "" : " waiting"}`, "aria-labelledby": `by-${comment.id}`, tabindex: -1 },
    h("span", { class: "avatar", "aria-hidden": "true" }, gone ? "" : initials(context.nameOf(comment))),
    h(
      "div",
      { class: "main" },
      renderHead(item, context, gone),
      renderContext(item, context),
      body,
      note !== undefined && h("p", { class: "note" }, icon("clock"), note),
      renderActions(item, context, gone, note !== undefined),
    ),
  );
}

function renderHead(item: Item, context: ItemContext, gone: boolean): HTMLElement {
  const { comment } = item;
  const { i18n } = context;
  const badge = comment.author?.badge;
  const name = gone ? "" : context.nameOf(comment);
  return h(
    "header",
    { class: "head" },
    h("span", { class: "by", id: `by-${comment.id}`, dir: "auto" }, name || h("span", { class: "sr" }, i18n.t("tombstone"))),
    !!badge && h("span", { class: `badge ${badge}` }, i18n.t(badge as Key)),
    h("a", { class: "when", href: linkTo(comment) }, renderTime(comment.created_at, i18n)),
    !!comment.edited_at && !gone && h("span", { class: "edited", title: i18n.clock.full(comment.edited_at) }, i18n.t("edited")),
    context.waiting.has(comment.id) && h("span", { class: "chip" }, i18n.t("waiting")),
  );
}

/** A permalink. Where the page says from where its relative addresses count, a mere fragment would lead there. */
function linkTo(comment: Comment): string {
  return `${document.querySelector("base[href]") ? location.href.replace(/#.*/, "") : ""}#comment-${anchorOf(comment)}`;
}

function renderTime(time: string, i18n: I18n): HTMLElement {
  return h("time", { datetime: time, title: i18n.clock.full(time) }, i18n.clock.ago(time, Date.now()));
}

/** "In reply to …", which the style sheet shows where the branch is no longer indented. */
function renderContext(item: Item, context: ItemContext): Child {
  const parent = item.parent?.comment;
  if (!parent?.author) return null;
  return h("p", { class: "re" }, h("a", { href: linkTo(parent) }, context.i18n.t("inReplyTo", { name: context.nameOf(parent) })));
}

function renderActions(item: Item, context: ItemContext, gone: boolean, waits: boolean): HTMLElement {
  const { comment } = item;
  const { i18n, memory } = context;
  const own = !!memory.own(comment.id);
  const describe = { "aria-describedby": `by-${comment.id}` };
  const replies = countReplies(item);
  const folded = context.folded.has(comment.id);
  const liked = memory.likes(comment.id);
  return h(
    "div",
    { class: "acts" },
    !gone && !waits && h(
      "button",
      { type: "button", "data-act": "like", "aria-pressed": String(liked), ...describe },
      icon("like"), i18n.t("like"), comment.likes > 0 && h("span", { class: "n" }, i18n.number(comment.likes)),
    ),
    !gone && !waits && h("button", { type: "button", "data-act": "reply", class: "reply", ...describe }, icon("reply"), i18n.t("reply")),
    foldable(item, replies, folded) && h(
      "button",
      { type: "button", "data-act": "fold", "aria-expanded": String(!folded), class: "fold" },
      icon("fold"), i18n.t(folded ? "showReplies" : "hideReplies", { n: replies }),
    ),
    own && !gone && h("button", { type: "button", "data-act": "edit", ...describe }, i18n.t("edit")),
    own && !gone && h("button", { type: "button", "data-act": "delete", ...describe }, i18n.t("delete")),
    !own && !gone && h("button", { type: "button", "data-act": "report", class: "far", ...describe }, i18n.t("report")),
  );
}

/** A branch can be folded at its root, and deeper where it is long: a button on every line would be noise. */
function foldable(item: Item, replies: number, folded: boolean): boolean {
  return folded || replies >= (item.parent ? 5 : 1);
}

/** One or two letters for the circle beside a name. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const chosen = words.length > 1 ? [words[0]!, words.at(-1)!] : words;
  return chosen.map((word) => [...word][0]).join("").toUpperCase();
}
