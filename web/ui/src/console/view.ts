// What the screen shows, kept in the address so that it can be shared, bookmarked and gone back to.
import { lanes, statuses, type DoneStatus, type Lane } from "./wire";

export const sorts = ["oldest", "newest", "priority"] as const;
export type Sort = (typeof sorts)[number];

export interface View {
  readonly site: string;
  /** A lane of the queue, or all of them; without meaning while `status` is set. */
  readonly lane: Lane | "all";
  /** Comments that no longer wait; "" shows the queue. */
  readonly status: DoneStatus | "";
  readonly article: string;
  readonly author: string;
  readonly rule: string;
  readonly q: string;
  readonly sort: Sort;
}

function oneOf<T extends string, F>(values: readonly T[], value: string | null, otherwise: F): T | F {
  return values.find((candidate) => candidate === value) ?? otherwise;
}

/** Reads a query string; what it does not understand is left at its default. */
export function readView(search: string): View {
  const query = new URLSearchParams(search);
  const status = oneOf(statuses, query.get("status"), "" as const);
  return {
    site: query.get("site") ?? "",
    lane: oneOf([...lanes, "all"] as const, query.get("lane"), "pending" as const),
    status,
    article: query.get("article") ?? "",
    author: query.get("author") ?? "",
    rule: query.get("rule") ?? "",
    q: query.get("q") ?? "",
    sort: oneOf(sorts, query.get("sort"), status ? ("newest" as const) : ("oldest" as const)),
  };
}

/** The query string of a view, with a leading "?" unless everything is at its default. */
export function writeView(view: View): string {
  const query = new URLSearchParams();
  const plain = view.status ? "newest" : "oldest";
  if (view.status) query.set("status", view.status);
  else if (view.lane !== "pending") query.set("lane", view.lane);
  for (const name of ["site", "article", "author", "rule", "q"] as const) if (view[name]) query.set(name, view[name]);
  if (view.sort !== plain) query.set("sort", view.sort);
  const text = query.toString();
  return text && `?${text}`;
}

/** The query for one page of the list. */
export function listQuery(view: View, limit: number, cursor = ""): string {
  const query = new URLSearchParams({ sort: view.sort, limit: String(limit) });
  if (view.status) query.set("status", view.status);
  else query.set("lane", view.lane);
  for (const name of ["site", "article", "author", "rule", "q"] as const) if (view[name]) query.set(name, view[name]);
  if (cursor) query.set("cursor", cursor);
  return query.toString();
}

/** Whether nothing narrows the lane, so that its count is the length of the list. */
export function isWholeLane(view: View): boolean {
  return !(view.status || view.article || view.author || view.rule || view.q);
}

/** Whether both show the same list. */
export function sameView(a: View, b: View): boolean {
  return listQuery(a, 0) === listQuery(b, 0);
}
