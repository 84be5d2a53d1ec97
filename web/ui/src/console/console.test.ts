// The parts of the queue screen that need no browser. Run by `go test ./web/ui` where Node is installed.
import test from "node:test";
import assert from "node:assert/strict";
import { Deck, heldByOther } from "./deck";
import { diffWords } from "./diff";
import { split, unitPositions } from "./offsets";
import { label, t, tn } from "./texts";
import { isWholeLane, listQuery, readView, writeView } from "./view";
import type { Item } from "./wire";

/** A simple twin: encodes every prefix. */
function slowPosition(text: string, offset: number): number {
  const encoder = new TextEncoder();
  let unit = 0;
  for (const character of text) {
    if (encoder.encode(text.slice(0, unit + character.length)).length > offset) return unit;
    unit += character.length;
  }
  return unit;
}

/** The byte range of a word, as the server counts. */
function bytes(text: string, word: string): { start: number; end: number } {
  const encoder = new TextEncoder();
  const start = encoder.encode(text.slice(0, text.indexOf(word))).length;
  return { start, end: start + encoder.encode(word).length };
}

const texts = ["", "plain", "naïve café", "Ångström 😡 crooks 👩‍👩‍👧 end", "كنت هناك", "e\u0301 combining", "\u{1F1EC}\u{1F1E7} flag", "日本語 text", "tab\tand\nline"];

test("byte offsets become positions as in the slow way", () => {
  for (const text of texts) {
    const length = new TextEncoder().encode(text).length;
    const offsets = Array.from({ length: length + 3 }, (_, i) => i);
    assert.deepEqual(unitPositions(text, offsets), offsets.map((offset) => slowPosition(text, offset)), text);
  }
});

test("a marked word is the word, whatever stands before it", () => {
  const cases: readonly (readonly [text: string, word: string])[] = [
    ["all crooks here", "crooks"], ["Ångström: naïve crooks", "crooks"], ["😡😡 crooks 😡", "crooks"], ["عن المجلس crooks", "crooks"], ["one 😡 two", "😡"], ["日本語のcrooks", "の"],
  ];
  for (const [text, word] of cases) {
    const parts = split(text, [bytes(text, word)]);
    assert.deepEqual(parts.filter((part) => part.marked).map((part) => part.text), [word], text);
    assert.equal(parts.map((part) => part.text).join(""), text);
  }
});

test("overlapping, touching, empty and senseless ranges", () => {
  const marks = (ranges: readonly { start: number; end: number }[]): string => split("abcdefgh", ranges).map((part) => (part.marked ? `[${part.text}]` : part.text)).join("");
  assert.equal(marks([]), "abcdefgh");
  assert.equal(marks([{ start: 1, end: 3 }, { start: 2, end: 5 }]), "a[bcde]fgh");
  assert.equal(marks([{ start: 4, end: 6 }, { start: 0, end: 2 }]), "[ab]cd[ef]gh");
  assert.equal(marks([{ start: 1, end: 2 }, { start: 2, end: 3 }]), "a[bc]defgh");
  assert.equal(marks([{ start: 3, end: 3 }, { start: 5, end: 4 }, { start: -4, end: 2 }]), "abcdefgh");
  assert.equal(marks([{ start: 6, end: 99 }]), "abcdef[gh]");
  assert.equal(marks([{ start: 40, end: 99 }]), "abcdefgh");
});

test("a range that ends inside a character marks all of it", () => {
  assert.deepEqual(split("a😡b", [{ start: 2, end: 3 }]), [{ text: "a", marked: false }, { text: "😡", marked: true }, { text: "b", marked: false }]);
});

test("an edit word by word", () => {
  const show = (before: string, after: string): string =>
    diffWords(before, after).map(({ kind, text }) => (kind === "same" ? text : kind === "added" ? `{+${text}+}` : `{-${text}-}`)).join("");
  assert.equal(show("the same", "the same"), "the same");
  assert.equal(show("all of them left", "all of us left"), "all of {-them-}{+us+} left");
  assert.equal(show("", "new words"), "{+new words+}");
  assert.equal(show("old words", ""), "{-old words-}");
  assert.equal(show("one three", "one two three"), "one {+two +}three");
});

test("a longer edit stays quick and complete", () => {
  const before = Array.from({ length: 3000 }, (_, i) => `a${i}`).join(" ");
  const after = Array.from({ length: 3000 }, (_, i) => `b${i}`).join(" ");
  const changes = diffWords(before, after);
  assert.equal(changes.filter((change) => change.kind !== "added").map((change) => change.text).join(""), before);
  assert.equal(changes.filter((change) => change.kind !== "gone").map((change) => change.text).join(""), after);
});

function item(id: string, claim: Item["claim"] = null, queued = "2026-01-01T00:00:00Z"): Item {
  return {
    comment: { id, site: "s", article: "a1", parent: null, status: "pending", version: 1, reviewed: false, lane: "pending", priority: 0, sampled: false, text: "", format: "markdown", body: null, edit: null, created_at: queued, queued_at: queued, edited_at: null, likes: 0, replies: 0, external_id: null, author: null },
    article: { key: "a1", id: null, url: "https://x.example/", title: "", state: "open", mode: "", notice: null, site: "s", heat: "normal" },
    author: null, parent: null, why: null, reports: null, claim, decision: null,
  };
}

const theirs = { moderator: "Bo", mine: false, expires_at: "2999-01-01T00:00:00Z" };
const order = (deck: Deck): string => deck.items.map(({ comment }) => comment.id).join();

test("after a decision the next free comment is open, and undo puts all back in order", () => {
  const deck = new Deck();
  deck.replace([item("a"), item("b"), item("c", theirs), item("d"), item("e")], null);
  deck.open = "b";
  const b = deck.take("b");
  assert.equal(deck.open, "d");
  const d = deck.take("d");
  assert.equal(deck.open, "e");
  const e = deck.take("e");
  assert.equal(deck.open, "a");
  for (const place of [e, d, b]) if (place) deck.putBack(place);
  assert.equal(order(deck), "a,b,c,d,e");
  assert.equal(deck.open, "a");
});

test("a comment returns behind its old neighbours even when the list changed meanwhile", () => {
  const deck = new Deck();
  deck.replace([item("a"), item("b"), item("c")], null);
  const b = deck.take("b");
  deck.replace([item("x"), item("a"), item("c")], null);
  if (b) deck.putBack(b);
  assert.equal(order(deck), "x,a,b,c");
  if (b) deck.putBack(b);
  assert.equal(order(deck), "x,a,b,c");
});

test("moving skips what a colleague holds and stops at the ends", () => {
  const deck = new Deck();
  deck.replace([item("a", theirs), item("b"), item("c", theirs), item("d")], null);
  assert.equal(deck.open, "b");
  assert.equal(deck.step(1), true);
  assert.equal(deck.open, "d");
  assert.equal(deck.step(1), false);
  assert.equal(deck.open, "d");
  assert.equal(deck.step(-1), true);
  assert.equal(deck.step(-1), false);
  assert.equal(deck.open, "b");
});

test("an old claim holds nothing", () => {
  assert.equal(heldByOther(item("a", theirs)), true);
  assert.equal(heldByOther(item("a", { ...theirs, expires_at: "2020-01-01T00:00:00Z" })), false);
  assert.equal(heldByOther(item("a", { ...theirs, mine: true })), false);
});

test("claimed comments take their place by age", () => {
  const deck = new Deck();
  deck.replace([item("a", null, "2026-01-01T01:00:00Z"), item("c", null, "2026-01-01T03:00:00Z")], "next");
  deck.insertByAge([item("b", null, "2026-01-01T02:00:00Z"), item("z", null, "2026-01-01T04:00:00Z"), item("a", { ...theirs, mine: true }, "2026-01-01T01:00:00Z")]);
  assert.equal(order(deck), "a,b,c,z");
  assert.equal(deck.items[0]?.claim?.mine, true);
});

test("a view survives the address, and nonsense becomes the default", () => {
  for (const search of ["", "?lane=reported", "?status=removed", "?lane=all&site=news&article=a1&author=u2&rule=r3&q=two+words&sort=priority", "?status=spam&sort=oldest"]) {
    assert.equal(writeView(readView(search)), search);
  }
  assert.equal(writeView(readView("?lane=nonsense&status=<b>&sort=up&x=1")), "");
  assert.equal(listQuery(readView("?status=removed"), 40), "sort=newest&limit=40&status=removed");
  assert.equal(isWholeLane(readView("?site=news")), true);
  assert.equal(isWholeLane(readView("?q=x")), false);
});

test("sentences", () => {
  assert.equal(tn("list.fresh", 1), "1 new");
  assert.equal(tn("bulk.picked", 1), "1 comment picked");
  assert.equal(tn("bulk.picked", 1283), "1,283 comments picked");
  assert.equal(t("done.next", { did: "Approved", name: "{left}", left: 1283 }), "Approved. Next: comment by {left}, 1,283 left.");
  assert.equal(label("lane", "toString"), "toString");
});
