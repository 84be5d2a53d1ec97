// The widget's language: which one, its texts, its plurals, its times.
import { Clock } from "../shared/time";
import type { First, Key, Text } from "./messages";

type Values = Readonly<Record<string, string | number>>;

const rtl = /^(ar|fa|he|ur)\b/;

/** Language, script and region at the beginning of a tag. What may follow is of no use here, and often not what Intl takes. */
const known = /^[a-z]{2,3}(-[a-z]{4})?(-[a-z]{2}|-\d{3})?(?=-|$)/i;

/** The first wanted language that exists, with its region ("en-GB") for dates; null when none does. `es_ES` is accepted as `es-ES`. */
export function pickLanguage(wanted: readonly (string | null | undefined)[], available: readonly string[]): string | null {
  for (const entry of wanted) {
    const tag = known.exec(String(entry).replace(/_/g, "-"))?.[0];
    if (tag && available.includes(primary(tag))) return tag;
  }
  return null;
}

/** "en" of "en-GB". */
export function primary(tag: string): string {
  return tag.split("-")[0]!.toLowerCase();
}

export class I18n {
  readonly dir: "ltr" | "rtl";
  readonly clock: Clock;
  readonly #plural: Intl.PluralRules;
  readonly #number: Intl.NumberFormat;
  #texts: Partial<Record<Key, Text>>;

  constructor(readonly language: string, texts: First) {
    this.#texts = texts;
    this.dir = rtl.test(language) ? "rtl" : "ltr";
    this.clock = new Clock(language);
    this.#plural = new Intl.PluralRules(language);
    this.#number = new Intl.NumberFormat(language);
  }

  /** Whether the texts are English ones, in which the server's sentences fit. */
  get english(): boolean {
    return primary(this.language) === "en";
  }

  /** Adds texts; those that are here already stay. */
  extend(texts: Partial<Record<Key, Text>>): void {
    this.#texts = { ...texts, ...this.#texts };
  }

  /** The text of a key; `n` picks the plural form. */
  t(key: Key, values: Values = {}): string {
    const text = this.#texts[key] ?? key;
    const form = typeof text === "string" ? text : (text[this.#plural.select(Number(values["n"]))] ?? text.other);
    return form.replace(/\{(\w+)\}/g, (_, name: string) => this.number(values[name] ?? ""));
  }

  number(value: string | number): string {
    return typeof value === "number" ? this.#number.format(value) : value;
  }
}
