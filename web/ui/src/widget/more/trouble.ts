// An error box for something that was sent: with "Try again", after a countdown when the server named a time.
import { h } from "../../shared/dom";
import type { Problem } from "../../shared/wire";
import type { I18n } from "../i18n";
import { errorBox, explain, passes, retryButton } from "../trouble";

/** Says what happened to what the reader sent. The countdown is silent, and stops when the box leaves the page. */
export function sendError(i18n: I18n, problem: Problem, again: () => void): HTMLElement {
  const wait = problem.retry_after ?? 0;
  const retry = passes(problem) || wait > 0;
  const box = errorBox(i18n, explain(i18n, problem), retry && wait <= 0 ? again : undefined);
  if (retry) box.firstElementChild?.append(" ", h("span", { class: "kept", dir: "auto" }, i18n.t("kept")));
  if (wait > 0) box.append(countdown(i18n, wait, again));
  return box;
}

function countdown(i18n: I18n, wait: number, again: () => void): HTMLElement {
  const ends = Date.now() + wait * 1000;
  const clock = h("p", { class: "wait" });
  const timer = setInterval(() => tick(), 1000);
  const tick = (): void => {
    const left = (ends - Date.now()) / 1000;
    if (left <= 0) clock.replaceWith(retryButton(i18n, again));
    else clock.textContent = i18n.t("again", { when: i18n.clock.ahead(left) });
    if (left <= 0 || (left < wait - 2 && !clock.isConnected)) clearInterval(timer);
  };
  tick();
  return clock;
}
