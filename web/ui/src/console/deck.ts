// The loaded part of the list: which comments, in which order, and where the moderator is. No drawing and no requests.
import type { Claim, Item } from "./wire";

/** Where an item stood, so that it can return there. */
export interface Place {
  readonly item: Item;
  readonly index: number;
  /** The id that followed it, "" at the end. */
  readonly before: string;
}

export class Deck {
  items: Item[] = [];
  next: string | null = null;
  /** Id of the open item. */
  open = "";
  /** Ids picked for one decision. */
  readonly picked = new Set<string>();

  indexOf(id: string): number {
    return this.items.findIndex((item) => item.comment.id === id);
  }

  find(id: string): Item | null {
    return this.items.find((item) => item.comment.id === id) ?? null;
  }

  get current(): Item | null {
    return this.find(this.open);
  }

  /** A new list. The open item stays open when it is in it, else the first free one is opened. */
  replace(items: readonly Item[], next: string | null): void {
    this.items = [...items];
    this.next = next;
    for (const id of [...this.picked]) if (this.indexOf(id) < 0) this.picked.delete(id);
    if (this.indexOf(this.open) < 0) this.open = this.#freeFrom(0, 1) ?? this.items[0]?.comment.id ?? "";
  }

  /** The next page; what is already there is not added twice. */
  append(items: readonly Item[], next: string | null): void {
    const known = new Set(this.items.map((item) => item.comment.id));
    this.items.push(...items.filter((item) => !known.has(item.comment.id)));
    this.next = next;
    if (!this.open) this.open = this.#freeFrom(0, 1) ?? "";
  }

  /** Exchanges an item for a newer form of it. */
  update(id: string, change: (item: Item) => Item): void {
    const index = this.indexOf(id);
    const item = this.items[index];
    if (item) this.items[index] = change(item);
  }

  setClaim(id: string, claim: Claim | null): void {
    this.update(id, (item) => ({ ...item, claim }));
  }

  /** Puts items that the server gave at their place by the time they were queued (the list is oldest first). */
  insertByAge(items: readonly Item[]): void {
    for (const item of items) {
      const index = this.indexOf(item.comment.id);
      if (index >= 0) {
        this.items[index] = item;
        continue;
      }
      const age = queued(item);
      const at = this.items.findIndex((other) => queued(other) > age);
      this.items.splice(at < 0 ? this.items.length : at, 0, item);
    }
    if (!this.open) this.open = this.#freeFrom(0, 1) ?? "";
  }

  /** Takes an item out. When it was open, the next free item is opened, else the one before. */
  take(id: string): Place | null {
    const index = this.indexOf(id);
    const item = this.items[index];
    if (!item) return null;
    this.items.splice(index, 1);
    this.picked.delete(id);
    if (this.open === id) this.open = this.#freeFrom(index, 1) ?? this.#freeFrom(index - 1, -1) ?? this.items[index]?.comment.id ?? "";
    return { item, index, before: this.items[index]?.comment.id ?? "" };
  }

  /** Puts an item back where it stood; the open item stays. */
  putBack(place: Place, item = place.item): void {
    if (this.indexOf(item.comment.id) >= 0) return;
    const before = place.before ? this.indexOf(place.before) : -1;
    this.items.splice(before >= 0 ? before : Math.min(place.index, this.items.length), 0, item);
    if (!this.open) this.open = item.comment.id;
  }

  /** Opens the next free item in a direction; false at the end. */
  step(direction: 1 | -1): boolean {
    const id = this.#freeFrom(this.indexOf(this.open) + direction, direction);
    if (id) this.open = id;
    return id !== undefined;
  }

  togglePick(id: string): void {
    if (!this.picked.delete(id)) this.picked.add(id);
  }

  /** The first item from an index on that no colleague holds. */
  #freeFrom(index: number, direction: 1 | -1): string | undefined {
    for (let i = index; i >= 0 && i < this.items.length; i += direction) {
      const item = this.items[i];
      if (item && !heldByOther(item)) return item.comment.id;
    }
    return undefined;
  }
}

/** Whether a colleague has the item open. */
export function heldByOther(item: Item, now = Date.now()): boolean {
  return item.claim !== null && !item.claim.mine && Date.parse(item.claim.expires_at) > now;
}

function queued(item: Item): string {
  return item.comment.queued_at ?? item.comment.created_at;
}
