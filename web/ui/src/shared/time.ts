// Ages in words. Pure: the caller says what time it is.

export interface Age {
  readonly value: number;
  readonly unit: Intl.RelativeTimeFormatUnit;
}

const steps: readonly (readonly [limit: number, seconds: number, unit: Intl.RelativeTimeFormatUnit])[] = [
  [45, 1, "second"],
  [2700, 60, "minute"],
  [79200, 3600, "hour"],
  [561600, 86400, "day"],
];

/** The age of `then` at `now` (milliseconds), negative as Intl wants it; null when it is older than six days and a date says more. */
export function age(then: number, now: number): Age | null {
  const seconds = Math.max(0, (now - then) / 1000);
  for (const [limit, length, unit] of steps) {
    if (seconds < limit) return { value: unit === "second" ? 0 : -Math.max(1, Math.round(seconds / length)), unit };
  }
  return null;
}

/** Words for a time: "5 minutes ago", "yesterday", and a date when it is longer ago. */
export class Clock {
  readonly #relative: Intl.RelativeTimeFormat;
  readonly #date: Intl.DateTimeFormat;
  readonly #full: Intl.DateTimeFormat;

  constructor(language: string) {
    this.#relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
    this.#date = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
    this.#full = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" });
  }

  ago(time: string, now: number): string {
    const then = Date.parse(time);
    if (Number.isNaN(then)) return "";
    const a = age(then, now);
    return a ? this.#relative.format(a.value, a.unit) : this.#date.format(then);
  }

  full(time: string): string {
    const then = Date.parse(time);
    return Number.isNaN(then) ? "" : this.#full.format(then);
  }
}

/** "in 40 seconds", "in 3 minutes". */
export function ahead(language: string, seconds: number): string {
  const [value, unit] = seconds < 90 ? ([seconds, "second"] as const) : ([seconds / 60, "minute"] as const);
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(Math.ceil(value), unit);
}
