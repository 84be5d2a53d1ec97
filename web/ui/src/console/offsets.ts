// Byte offsets into UTF-8, as the rules count, turned into positions in JavaScript's UTF-16 strings.
import type { Match } from "./wire";

/** A stretch of a text, marked or not; the parts of a text joined give the text. */
export interface Part {
  readonly text: string;
  readonly marked: boolean;
}

/** How many bytes a code point has in UTF-8. A lone surrogate counts 3, as its replacement character does. */
function width(point: number): number {
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x10000 ? 3 : 4;
}

/**
 * The UTF-16 position of each byte offset, which must be in ascending order. An offset inside a character gives the character's start, one
 * behind the end the text's length. Linear in the length of the text plus the number of offsets.
 */
export function unitPositions(text: string, offsets: readonly number[]): number[] {
  const positions: number[] = [];
  let unit = 0;
  let byte = 0;
  for (const offset of offsets) {
    while (unit < text.length) {
      const point = text.codePointAt(unit) ?? 0;
      const after = byte + width(point);
      if (after > offset) break;
      byte = after;
      unit += point > 0xffff ? 2 : 1;
    }
    positions.push(unit);
  }
  return positions;
}

/** Splits a text into marked and unmarked parts. Overlapping and touching ranges become one; empty and senseless ones are dropped. */
export function split(text: string, ranges: readonly Pick<Match, "start" | "end">[]): Part[] {
  const merged = merge(ranges);
  const starts = unitPositions(text, merged.map((range) => range.start));
  const ends = endPositions(text, merged.map((range) => range.end));
  const parts: Part[] = [];
  let at = 0;
  merged.forEach((_, i) => {
    const start = Math.max(at, starts[i] ?? 0);
    const end = Math.max(start, ends[i] ?? 0);
    if (end === start) return;
    if (start > at) parts.push({ text: text.slice(at, start), marked: false });
    parts.push({ text: text.slice(start, end), marked: true });
    at = end;
  });
  if (at < text.length) parts.push({ text: text.slice(at), marked: false });
  return parts;
}

/** Like unitPositions, but an offset inside a character gives its end, so that a mark never cuts a character in two. */
function endPositions(text: string, offsets: readonly number[]): number[] {
  const before = unitPositions(text, offsets.map((offset) => offset - 1));
  return before.map((unit) => {
    const point = text.codePointAt(unit);
    return point === undefined ? text.length : unit + (point > 0xffff ? 2 : 1);
  });
}

function merge(ranges: readonly Pick<Match, "start" | "end">[]): { start: number; end: number }[] {
  const sorted = ranges.filter((range) => range.start >= 0 && range.end > range.start).sort((a, b) => a.start - b.start);
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of sorted) {
    const last = merged[merged.length - 1];
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}
