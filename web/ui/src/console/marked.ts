// A text with the matched words marked in it.
import { h } from "../shared/dom";
import { split } from "./offsets";
import type { Item, Match } from "./wire";

/** The ranges that all rules found in a field. */
export function matchesIn(item: Item, ...fields: readonly string[]): Match[] {
  return (item.why ?? []).flatMap((why) => (why.matches ?? []).filter((match) => fields.includes(match.field)));
}

/** The nodes of a text; marked stretches are `mark` elements. */
export function marked(text: string, matches: readonly Match[]): Node[] {
  return split(text, matches).map((part) => (part.marked ? h("mark", null, part.text) : document.createTextNode(part.text)));
}
