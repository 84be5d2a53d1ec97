// The shape of the texts, which every language has to fill.
import type { first, more } from "./locale/en";

/** A text, or its plural forms; "{n}" and other names in braces are replaced. */
export type Text = string | ({ readonly other: string } & Partial<Record<Intl.LDMLPluralRule, string>>);

/** Texts of the first render. The compiler reports a missing one. */
export type First = Readonly<Record<keyof typeof first, Text>>;

/** Texts of what is loaded after it. */
export type More = Readonly<Record<keyof typeof more, Text>>;

export type Key = keyof First | keyof More;

/** A chunk with one language. */
export interface Language {
  readonly first: First;
  readonly more: More;
}
