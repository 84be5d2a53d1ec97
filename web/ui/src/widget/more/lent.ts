// What the first half of the widget lends to this one, which so needs no copy of it.
import type * as dom from "../../shared/dom";
import type * as trouble from "../trouble";

export type Lent = Pick<typeof dom, "h" | "show"> & Pick<typeof trouble, "errorBox" | "explain" | "passes" | "problemOf" | "retryButton">;

export let { h, show, errorBox, explain, passes, problemOf, retryButton } = {} as Lent;

/** Comes before anything else of this half. */
export function borrow(lent: Lent): void {
  ({ h, show, errorBox, explain, passes, problemOf, retryButton } = lent);
}
