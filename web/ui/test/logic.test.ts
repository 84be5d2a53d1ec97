// The parts of the front end that need no browser. Run by `go test ./web/ui/build` where Node is installed.
import test from "node:test";
import assert from "node:assert/strict";
import { inWords, parts, type Wanted } from "../src/count/counter";
import { parseSource } from "../src/shared/script";
import { age, ahead, Clock } from "../src/shared/time";
import { plainText, safeHref } from "../src/shared/tree";
import type { Comment } from "../src/shared/wire";
import { missed, onComment, onUpdate, Order } from "../src/widget/events";
import { anchorOf, countReplies, flatten, Forest } from "../src/widget/forest";
import { I18n, pickLanguage } from "../src/widget/i18n";
import { initials } from "../src/widget/item";
import { first as english } from "../src/widget/locale/en.json";
import { attemptKey, authorToken, dropOwn, keepDraft, keepLike, keepOwn, readDraft, settleOwn } from "../src/widget/more/remember";
import { Memory } from "../src/widget/storage";
import { luminanceOf } from "../src/widget/theme";

function comment(id: string, parent: string | null = null, created = "2026-01-01T00:00:00Z", external: string | null = null): Comment {
  return {
    id, parent, depth: parent ? 1 : 0, author: { name: "Ann", badge: "" }, created_at: created, edited_at: null, body: ["text"],
    likes: 0, replies: 0, state: "approved", external_id: external,
  };
}

test("the script's address names server and site in each of its forms", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["https://c.example/embed.js?site=news", "https://c.example", "news"],
    ["https://c.example/talk/embed.js?v=1&site=news", "https://c.example/talk", "news"],
    ["https://c.example/e/news/embed.js", "https://c.example", "news"],
    ["https://c.example/talk/e/news/embed.js?x=1", "https://c.example/talk", "news"],
    ["http://c.example:8080/news.disqus.com/embed.js", "http://c.example:8080", "news"],
    ["https://c.example/talk/my-news.disqus.com/embed.js", "https://c.example/talk", "my-news"],
    ["https://c.example/forums/news/embed.js", "https://c.example", "news"],
  ];
  for (const [address, base, site] of cases) assert.deepEqual(parseSource(address, "embed.js"), { base, site }, address);
  for (const address of ["", "nonsense", "https://c.example/embed.js", "https://c.example/count.js?site=news", "https://c.example/e/%E0%A4%A/embed.js"]) {
    assert.equal(parseSource(address, "embed.js"), null, address);
  }
});

test("ages round as people count", () => {
  const cases: readonly (readonly [seconds: number, value: number | null, unit: string])[] = [
    [-30, 0, "second"], [0, 0, "second"], [44, 0, "second"], [45, -1, "minute"], [90, -2, "minute"], [3600, -1, "hour"],
    [79199, -22, "hour"], [79200, -1, "day"], [5 * 86400, -5, "day"], [7 * 86400, null, ""],
  ];
  for (const [seconds, value, unit] of cases) {
    assert.deepEqual(age(0, seconds * 1000), value === null ? null : { value, unit }, String(seconds));
  }
  assert.equal(new Clock("en").ago("not a time", 0), "");
  assert.equal(ahead("en", 42), "in 42 seconds");
  assert.equal(ahead("en", 150), "in 3 minutes");
});

test("links keep only harmless absolute addresses", () => {
  for (const good of ["http://a.example/", "https://a.example/x?y#z", "mailto:a@b.example", "HTTPS://A.example"]) assert.equal(safeHref(good), good);
  for (const bad of ["javascript:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "/relative", "//host", "", null, undefined, 7]) {
    assert.equal(safeHref(bad), null, String(bad));
  }
});

test("a tree has a plain text", () => {
  assert.equal(plainText([{ t: "p", c: ["a ", { t: "em", c: ["b"] }] }, { t: "unknown", c: ["c"] }]), "a b c");
});

test("the forest keeps order, branches and orphans", () => {
  const forest = new Forest();
  for (const one of [comment("a"), comment("b", "a"), comment("c", "b"), comment("x", "gone"), comment("d", "a")]) forest.insert(one);
  assert.deepEqual(forest.roots.map((item) => item.comment.id), ["a", "x"]);
  assert.deepEqual(flatten(forest).map(({ id }) => id), ["a", "b", "c", "d", "x"]);
  assert.equal(countReplies(forest.get("a")!), 3);
  assert.equal(forest.insert(comment("a")), null);
  forest.insert(comment("n"), true);
  assert.equal(forest.roots[0]?.comment.id, "n");
  forest.remove("b");
  assert.equal(forest.get("c"), undefined);
  assert.equal(forest.size, 4);
});

test("an imported comment keeps its anchor", () => {
  const old = comment("c1", null, "2020-01-01T00:00:00Z", "disqus:5585802847");
  const forest = new Forest();
  forest.insert(old);
  assert.equal(anchorOf(old), "5585802847");
  assert.equal(anchorOf(comment("c2")), "c2");
  assert.equal(forest.find("5585802847")?.comment.id, "c1");
  assert.equal(forest.find("c1")?.comment.id, "c1");
  assert.equal(forest.find("c9"), undefined);
});

test("a live comment goes behind the pill unless it is the reader's own", () => {
  const nothing = { shown: false, own: false, arrived: false };
  assert.equal(onComment(nothing), "arrive");
  assert.equal(onComment({ ...nothing, own: true }), "show");
  assert.equal(onComment({ ...nothing, shown: true, own: true }), "replace");
  assert.equal(onUpdate(comment("a"), nothing), "none");
  assert.equal(onUpdate(comment("a"), { ...nothing, shown: true }), "replace");
  assert.equal(onUpdate(comment("a"), { ...nothing, arrived: true }), "arrive");
  assert.equal(onUpdate({ ...comment("a"), state: "tombstone" }, { ...nothing, arrived: true }), "remove");
});

test("catching up takes only what is newer than all that is shown", () => {
  const fresh = [comment("a", null, "2026-01-03T00:00:00Z"), comment("b", null, "2026-01-02T00:00:00Z"), comment("c", null, "2026-01-01T00:00:00Z")];
  assert.deepEqual(missed(fresh, (id) => id === "b", "2026-01-02T00:00:00Z").map(({ id }) => id), ["a"]);
});

test("what an older answer says never undoes an event", async () => {
  const order = new Order();
  const done: string[] = [];
  const answers: ((text: string) => void)[] = [];
  const ask = (): Promise<string> => new Promise((resolve) => answers.push(resolve));
  order.event(() => done.push("at once"));
  const first = order.fetch(ask, (text) => done.push(text));
  order.event(() => done.push("event"));
  const second = order.fetch(ask, (text) => done.push(text));
  order.event(() => done.push("another"));
  answers[1]!("second answer");
  await second;
  assert.deepEqual(done, ["at once", "second answer"]);
  answers[0]!("first answer");
  await first;
  order.event(() => done.push("at once again"));
  assert.deepEqual(done, ["at once", "second answer", "first answer", "event", "another", "at once again"]);

  const failing = order.fetch(() => Promise.reject(new Error("away")), () => done.push("never"));
  order.event(() => done.push("after a failure"));
  await assert.rejects(failing, /away/);
  assert.equal(done.at(-1), "after a failure");
});

test("the first language that exists is taken", () => {
  const available = ["en", "de", "ar"];
  assert.equal(pickLanguage(["de_AT", "en"], available), "de-AT");
  assert.equal(pickLanguage(["", undefined, "pl", "ar-EG"], available), "ar-EG");
  assert.equal(pickLanguage(["more", "<x>"], [...available, "more"]), null);
  assert.equal(pickLanguage(["English", "de-tooLongForIntl-x"], available), "de");
  assert.equal(pickLanguage(["en_GB_oxendict"], available), "en-GB");
  assert.equal(pickLanguage([null, "en-150-150"], available), "en-150");
  assert.equal(new I18n("ar", english).dir, "rtl");
  assert.equal(new I18n("en", english).t("comments", { n: 1 }), "1 comment");
  assert.equal(new I18n("en", english).t("comments", { n: 1200 }), "1,200 comments");
});

test("memory works without storage and forgets in time", () => {
  const memory = new Memory("news"); // Node has no localStorage: everything is kept in memory
  keepDraft(memory, "p|", { text: "half a thought", key: "k", at: 1000 });
  assert.equal(readDraft(memory, "p|", 2000)?.text, "half a thought");
  assert.equal(readDraft(memory, "p|", 1000 + 61 * 86_400_000), null);
  keepDraft(memory, "p|", { text: "  ", at: 1000 });
  assert.equal(readDraft(memory, "p|", 2000), null);

  keepOwn(memory, { id: "c1", token: "t1", article: "p", text: "x", at: 0, waiting: comment("c1") });
  keepOwn(memory, { id: "c2", token: "t2", article: "p", text: "y", at: 0 });
  assert.equal(authorToken(memory), "t2");
  assert.deepEqual(memory.waiting("p", 1).map(({ id }) => id), ["c1"]);
  assert.deepEqual(memory.waiting("q", 1), []);
  assert.deepEqual(memory.waiting("p", 15 * 86_400_000), []);
  settleOwn(memory, "c1");
  assert.deepEqual(memory.waiting("p", 1), []);
  assert.equal(memory.own("c1")?.token, "t1");
  dropOwn(memory, "c1");
  assert.equal(memory.own("c1"), undefined);

  keepLike(memory, "c1", true);
  assert.equal(memory.likes("c1"), true);
  keepLike(memory, "c1", false);
  assert.equal(memory.likes("c1"), false);
});

test("attempt keys fit the API and differ", () => {
  const keys = new Set(Array.from({ length: 100 }, attemptKey));
  assert.equal(keys.size, 100);
  for (const key of keys) assert.equal(/^[\w-]{8,64}$/.test(key), true, key);
});

test("initials and luminance", () => {
  assert.equal(initials("Eleanor Vane Tempest"), "ET");
  assert.equal(initials("newsdesk"), "N");
  assert.equal(initials("  !! "), "");
  assert.equal(luminanceOf("rgb(255, 255, 255)"), 1);
  assert.equal(luminanceOf("rgba(0, 0, 0, 0)"), null);
  assert.equal(luminanceOf("color(srgb 0 0 0)"), null);
  assert.equal(luminanceOf("rgb(17, 21, 26)")! < 0.2, true);
});

test("counts are asked for in requests of bounded size", () => {
  const wanted = (n: number, value: string): Wanted[] => Array.from({ length: n }, (_, i) => ({ kind: i % 2 ? "id" : "url", value: value + i }));
  assert.deepEqual(parts([]), []);
  assert.deepEqual(parts(wanted(250, "x")).map((part) => part.length), [100, 100, 50]);
  const long = parts(wanted(30, "é".repeat(100)));
  assert.equal(long.flat().length, 30);
  for (const part of long) assert.equal(part.reduce((sum, { value }) => sum + encodeURIComponent(value).length + 5, 0) <= 4000, true);
  assert.deepEqual(parts(wanted(3, "y".repeat(5000))).map((part) => part.length), [1, 1, 1]);
});

test("counts in words", () => {
  assert.deepEqual([0, 1, 2].map((n) => inWords(n, {})), ["0 Comments", "1 Comment", "2 Comments"]);
  assert.deepEqual([0, 1, 2].map((n) => inWords(n, { zero: "none", one: "{num} word", multiple: 7 })), ["none", "1 word", "2 Comments"]);
});
