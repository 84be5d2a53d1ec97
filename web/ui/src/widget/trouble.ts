// What went wrong, in words for the reader, and what to do next.
import { h } from "../shared/dom";
import type { Refusal } from "../shared/request";
import type { Problem } from "../shared/wire";
import type { I18n } from "./i18n";

const silent: Problem = { status: 0, code: "network", detail: "" };

/** The problem that a failed request carries. It is found by its shape: a chunk has its own copy of the class. */
export function problemOf(error: unknown): Problem {
  return error && typeof error === "object" && "problem" in error ? (error as Refusal).problem : silent;
}

/** The sentence for a problem. The server's own sentence is English, or the site's; ours is in the reader's language. */
export function explain(i18n: I18n, problem: Problem): string {
  if (problem.status === 0) return i18n.t(navigator.onLine ? "server" : "offline");
  if (problem.status >= 500) return i18n.t("server");
  if (!i18n.english && problem.code === "closed") return i18n.t("closed");
  if (!i18n.english && problem.code === "rate-limited") return i18n.t("slow");
  return problem.errors?.[0]?.detail || problem.detail || i18n.t(problem.status === 404 ? "unknown" : "server");
}

/** Whether the same request may succeed later without any change. */
export function passes(problem: Problem): boolean {
  return problem.status === 0 || problem.status >= 500;
}

/** An error box: what happened, and the button "Try again" where that can help. */
export function errorBox(i18n: I18n, text: string, retry?: () => void): HTMLElement {
  const box = h("div", { class: "error" }, h("p", { role: "alert", dir: "auto" }, text));
  if (retry) box.append(retryButton(i18n, retry));
  return box;
}

export function retryButton(i18n: I18n, retry: () => void): HTMLButtonElement {
  const button = h("button", { type: "button", class: "second" }, i18n.t("retry"));
  button.addEventListener("click", retry);
  return button;
}
