// The shape of the texts, which every language has to fill: locale/en.json has all of them.
import type english from "./locale/en.json";

/** A text, or its plural forms; "{n}" and other names in braces are replaced. */
export type Text = string | ({ readonly other: string } & Partial<Record<Intl.LDMLPluralRule, string>>);

/** Texts of the first render. */
export type First = Readonly<Record<keyof (typeof english)["first"], Text>>;

/** Texts of what is loaded after it. */
export type More = Readonly<Record<keyof (typeof english)["more"], Text>>;

export type Key = keyof First | keyof More;

/** A chunk with the second half of a language. */
export interface Language {
  readonly more: More;
}
