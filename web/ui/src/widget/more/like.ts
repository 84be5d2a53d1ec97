// A reader's like: shown at once, taken back when the server refuses.
import type { Item } from "../forest";
import type { Widget } from "../widget";
import { askComment } from "./ask";
import { explain, problemOf } from "./lent";
import { keepLike } from "./remember";

export async function toggleLike(widget: Widget, item: Item): Promise<void> {
  const { id } = item.comment;
  const liked = !widget.memory.likes(id);
  const before = item.comment.likes;
  set(widget, item, liked, Math.max(0, before + (liked ? 1 : -1)));
  try {
    const answer = await askComment(widget, id, "/like", { method: liked ? "PUT" : "DELETE" });
    const likes = answer && typeof answer === "object" && "likes" in answer ? answer.likes : undefined;
    if (typeof likes === "number") set(widget, item, liked, likes);
  } catch (error) {
    set(widget, item, !liked, before);
    widget.announce(explain(widget.i18n, problemOf(error)));
  }
}

function set(widget: Widget, item: Item, liked: boolean, likes: number): void {
  keepLike(widget.memory, item.comment.id, liked);
  widget.list.update({ ...item.comment, likes });
}
