// The article a comment belongs to, with its two switches.
import { h } from "../shared/dom";
import { safeHref } from "../shared/tree";
import { chip, choice } from "./controls";
import { label, t } from "./texts";
import type { DetailActions } from "./detail";
import type { State } from "./state";
import type { Item } from "./wire";

/** The address of a comment on its article. */
export function addressOf(item: Item): string | null {
  const href = safeHref(item.article.url);
  if (!href) return null;
  const number = /^disqus:(\d+)$/.exec(item.comment.external_id ?? "")?.[1];
  return `${href.split("#")[0] ?? href}#comment-${number ?? item.comment.id}`;
}

export function articleLine(item: Item, state: State, actions: DetailActions): HTMLElement {
  const { article } = item;
  const href = addressOf(item);
  const title = article.title || article.url;
  const link = href ? h("a", { href, target: "_blank", rel: "noopener", dir: "auto", "data-focus": "article" }, title) : h("span", { dir: "auto" }, title);
  const states = choice(t("detail.thread"), [["open", t("detail.open")], ["closed", t("detail.closed")]], article.state, (value) => actions.article(item, { state: value }));
  const modes = choice(t("detail.mode"), (["", "post", "pre"] as const).map((mode) => [mode, label("detail.mode", mode || "site")] as const), article.mode, (value) => actions.article(item, { mode: value }));
  states.querySelector("select")?.setAttribute("data-focus", "state");
  modes.querySelector("select")?.setAttribute("data-focus", "mode");
  const all = h("button", { type: "button", class: "link", "data-focus": "only-article" }, t("detail.article.only"));
  all.addEventListener("click", () => actions.show(`?lane=all&article=${encodeURIComponent(article.key)}`));
  return h("section", { class: "block article", "aria-labelledby": "article-title" },
    h("h2", { class: "label", id: "article-title" }, t("detail.article")),
    h("p", { class: "article-title" }, link),
    h("p", { class: "meta" }, state.siteName(article.site), " · ", all, " ", article.heat && article.heat !== "normal" ? chip(label("heat", article.heat), "chip-warn") : null),
    h("div", { class: "switches" }, states, modes));
}
