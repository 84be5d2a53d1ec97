// An error box for something that was sent: with "Try again", after a countdown when the server named a time.
import { ahead } from "../../shared/time";
import type { Problem } from "../../shared/wire";
import type { I18n } from "../i18n";
import type { Widget } from "../widget";
import { errorBox, explain, h, passes, retryButton } from "./lent";

/** Says what happened to what the reader sent. The countdown is silent, and stops when the box or the widget leaves the page. */
export function sendError({ i18n, signal }: Widget, problem: Problem, again: () => void): HTMLElement {
  const wait = problem.retry_after ?? 0;
  const retry = passes(problem) || wait > 0;
  const box = errorBox(i18n, explain(i18n, problem), retry && wait <= 0 ? again : undefined);
  if (retry) box.firstElementChild?.append(" ", h("span", { class: "kept", dir: "auto" }, i18n.t("kept")));
  if (wait > 0) box.append(countdown(i18n, signal, wait, again));
  return box;
}

function countdown(i18n: I18n, signal: AbortSignal, wait: number, again: () => void): HTMLElement {
  const ends = Date.now() + wait * 1000;
  const clock = h("p", { class: "wait" });
  const timer = setInterval(() => tick(), 1000);
  const tick = (): void => {
    const left = (ends - Date.now()) / 1000;
    if (left <= 0) clock.replaceWith(retryButton(i18n, again));
    else clock.textContent = i18n.t("again", { when: ahead(i18n.language, left) });
    if (left <= 0 || (left < wait - 2 && !clock.isConnected)) clearInterval(timer);
  };
  tick();
  signal.addEventListener("abort", () => clearInterval(timer));
  return clock;
}
