// The test box of the rules pages: what the rules say of a text, while it is typed. Without this script its button shows the same.
import { h } from "../../shared/dom";
import { t } from "../texts";

/** Milliseconds after the last key until the rules are asked. */
const pause = 150;

interface Finding {
  readonly name: string;
  readonly effect: string;
  /** Empty when the rule only watches. */
  readonly action: string;
  readonly detail: string;
  readonly words: readonly string[];
  readonly mine: boolean;
}

/** The answer of /console/rules/try, in words ready to be shown. */
export interface Answer {
  readonly action: string;
  readonly verdict: string;
  readonly parts: readonly { readonly text: string; readonly marked: boolean }[];
  readonly findings: readonly Finding[];
  readonly silent: boolean;
  readonly folds: readonly { readonly field: string; readonly text: string; readonly readings: readonly { readonly written: string; readonly what: string }[] }[];
  readonly problems: readonly string[];
  /** Rules that one text says nothing about. */
  readonly untried: readonly string[];
}

/** Brings a test box to life. */
export function tryBox(box: HTMLElement): void {
  const text = box.querySelector<HTMLTextAreaElement>("[name=try_text]");
  const verdict = box.querySelector<HTMLElement>("[data-try-verdict]");
  const detail = box.querySelector<HTMLElement>("[data-try-detail]");
  const { form } = text ?? {};
  if (!text || !form || !verdict || !detail) return;
  const empty = t("try.empty");
  let timer = 0;
  let asked = 0;
  let asking = new AbortController();

  const say = (sentence: string, look: string): void => {
    if (verdict.textContent !== sentence) verdict.textContent = sentence;
    verdict.className = look ? `verdict verdict-${look}` : "verdict";
  };
  const ask = async (): Promise<void> => {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    if (!text.value.trim()) {
      say(empty, "");
      detail.replaceChildren();
      return;
    }
    verdict.dataset["asked"] = String(++asked);
    try {
      const answer = await send(form, signal);
      say(answer.verdict, answer.action);
      const open = detail.querySelector("details")?.open ?? false;
      detail.replaceChildren(...draw(answer, open));
    } catch {
      if (!signal.aborted) say(t("try.failed"), "problem");
    }
  };
  const soon = (event: Event): void => {
    const field = event.target as { readonly form?: HTMLFormElement | null } | null;
    if (field?.form !== form) return;
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), pause);
  };
  document.addEventListener("input", soon);
  document.addEventListener("change", soon);
  for (const button of box.querySelectorAll<HTMLElement>("[data-try-button]")) button.hidden = true;
}

async function send(form: HTMLFormElement, signal: AbortSignal): Promise<Answer> {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
  const answer = await fetch("/console/rules/try", { method: "POST", body, signal, credentials: "same-origin", headers: { Accept: "application/json" } });
  if (!answer.ok || !answer.headers.get("Content-Type")?.startsWith("application/json")) throw new Error(String(answer.status));
  return (await answer.json()) as Answer;
}

/** The answer below its verdict; `open` keeps unfolded what was. */
function draw(answer: Answer, open: boolean): Node[] {
  const parts: Node[] = answer.problems.map((problem) => h("p", { class: "try-problem" }, problem));
  if (answer.parts.length) parts.push(h("p", { class: "text source try-text", dir: "auto" }, ...answer.parts.map((part) => (part.marked ? h("mark", null, part.text) : part.text))));
  if (answer.silent) parts.push(h("p", { class: "try-silent" }, t("try.silent")));
  if (answer.findings.length) parts.push(h("ul", { class: "findings" }, ...answer.findings.map(finding)));
  if (answer.folds.length) {
    parts.push(h("details", { class: "fold-list", open }, h("summary", null, t("try.folds")),
      h("dl", null, ...answer.folds.flatMap((fold) => [h("dt", null, fold.field), h("dd", { dir: "auto" }, fold.text, readings(fold.readings))]))));
  }
  if (answer.untried.length) parts.push(h("p", { class: "try-silent" }, `${t("try.untried")} `, ...answer.untried.flatMap((name, i) => [i ? ", " : null, h("bdi", null, name)])));
  return parts;
}

function readings(list: Answer["folds"][number]["readings"]): HTMLElement | null {
  return list.length ? h("ul", { class: "readings" }, ...list.map((one) => h("li", null, h("code", { dir: "auto" }, one.written), ` ${one.what}`))) : null;
}

function finding(found: Finding): HTMLElement {
  const row = h("li", { class: found.action ? "" : "finding-would" }, h("strong", { dir: "auto" }, found.name), " ");
  if (found.mine) row.append(h("span", { class: "chip chip-accent" }, t("try.mine")), " ");
  row.append(h("span", { class: `chip ${found.action ? `chip-${found.action}` : "chip-quiet"}` }, found.effect), " ", h("span", null, found.detail));
  if (found.words.length) row.append(" ", h("span", { class: "found" }, ...found.words.map((word) => h("mark", { dir: "auto" }, word))));
  return row;
}
