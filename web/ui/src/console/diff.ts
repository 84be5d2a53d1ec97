// What an edit changed, word by word.

export interface Change {
  readonly kind: "same" | "added" | "gone";
  readonly text: string;
}

/** Words compared at most on each side; a longer middle is shown as one replacement. */
const limit = 600;

/**
 * The words of `after` against `before`, by the longest common subsequence of words and the spaces between them. Equal ends are cut off
 * first; the rest costs time and memory in the product of both lengths, hence the limit.
 */
export function diffWords(before: string, after: string): Change[] {
  const a = words(before);
  const b = words(after);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const middle = compare(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  return join([...a.slice(0, head).map(same), ...middle, ...a.slice(a.length - tail).map(same)]);
}

function words(text: string): string[] {
  return text.match(/\s+|[^\s]+/gu) ?? [];
}

function same(text: string): Change {
  return { kind: "same", text };
}

function compare(a: readonly string[], b: readonly string[]): Change[] {
  if (a.length > limit || b.length > limit) return [{ kind: "gone", text: a.join("") }, { kind: "added", text: b.join("") }];
  const row = b.length + 1;
  const best = new Uint16Array((a.length + 1) * row);
  const cell = (i: number, j: number): number => best[i * row + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      best[i * row + j] = a[i] === b[j] ? cell(i + 1, j + 1) + 1 : Math.max(cell(i + 1, j), cell(i, j + 1));
    }
  }
  const changes: Change[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      changes.push(same(a[i++] ?? ""));
      j++;
    } else if (j >= b.length || (i < a.length && cell(i + 1, j) >= cell(i, j + 1))) {
      changes.push({ kind: "gone", text: a[i++] ?? "" });
    } else {
      changes.push({ kind: "added", text: b[j++] ?? "" });
    }
  }
  return changes;
}

function join(changes: readonly Change[]): Change[] {
  const joined: Change[] = [];
  for (const change of changes) {
    const last = joined[joined.length - 1];
    if (last?.kind === change.kind) joined[joined.length - 1] = { kind: last.kind, text: last.text + change.text };
    else if (change.text) joined.push(change);
  }
  return joined;
}
