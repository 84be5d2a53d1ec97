// The thread as data: comments in their branches, without any DOM.
import type { Comment } from "../shared/wire";

export interface Item {
  comment: Comment;
  readonly parent: Item | null;
  readonly replies: Item[];
}

export class Forest {
  readonly roots: Item[] = [];
  readonly #items = new Map<string, Item>();

  get(id: string): Item | undefined {
    return this.#items.get(id);
  }

  get size(): number {
    return this.#items.size;
  }

  /** Finds a comment by the part of a permalink after "#comment-": our id, or the number that an imported one had. */
  find(anchor: string): Item | undefined {
    const direct = this.#items.get(anchor);
    if (direct) return direct;
    for (const item of this.#items.values()) if (anchorOf(item.comment) === anchor) return item;
    return undefined;
  }

  /**
   * Adds a comment below its parent, or as a root when the parent is not here: a page can begin in the middle of a branch. `first` puts a
   * root before the others; replies always come in the order of writing. Returns null for a comment that is here already.
   */
  insert(comment: Comment, first = false): Item | null {
    if (this.#items.has(comment.id)) return null;
    const parent = (comment.parent && this.#items.get(comment.parent)) || null;
    const item: Item = { comment, parent, replies: [] };
    const list = parent ? parent.replies : this.roots;
    if (first && !parent) list.unshift(item);
    else list.push(item);
    this.#items.set(comment.id, item);
    return item;
  }

  /** Replaces what a comment says. */
  update(comment: Comment): Item | undefined {
    const item = this.#items.get(comment.id);
    if (item) item.comment = comment;
    return item;
  }

  /** Takes a comment away with everything below it. */
  remove(id: string): Item | undefined {
    const item = this.#items.get(id);
    if (!item) return undefined;
    const list = item.parent ? item.parent.replies : this.roots;
    list.splice(list.indexOf(item), 1);
    this.#forget(item);
    return item;
  }

  #forget(item: Item): void {
    this.#items.delete(item.comment.id);
    item.replies.forEach((reply) => this.#forget(reply));
  }
}

/** All comments in tree order. */
export function flatten({ roots }: Forest): Comment[] {
  const walk = (item: Item): Comment[] => [item.comment, ...item.replies.flatMap(walk)];
  return roots.flatMap(walk);
}

/** What stands after "#comment-" in a permalink: an imported comment keeps the number it had. */
export function anchorOf(comment: Comment): string {
  const old = /^disqus:(.+)$/.exec(comment.external_id ?? "");
  return old?.[1] ?? comment.id;
}

/** How many replies stand below an item, at any depth. */
export function countReplies(item: Item): number {
  let count = 0;
  for (const reply of item.replies) count += 1 + countReplies(reply);
  return count;
}
