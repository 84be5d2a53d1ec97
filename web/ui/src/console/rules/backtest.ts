// The page of a running backtest: how far it is, and the result once it is there. Without this script the page loads itself again.
import { t } from "../texts";

/** Milliseconds between two questions. */
const pace = 500;
const patience = 5000;

interface Run {
  readonly state: string;
  readonly done: number;
  readonly total: number;
}

/** Follows the run whose address the panel bears. */
export function followBacktest(panel: HTMLElement): void {
  const bar = panel.querySelector<HTMLProgressElement>("[data-backtest-bar]");
  const text = panel.querySelector<HTMLElement>("[data-backtest-text]");
  const ask = async (): Promise<void> => {
    try {
      const answer = await fetch(panel.dataset["backtest"] ?? "", { credentials: "same-origin", headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const run = (await answer.json()) as Run;
      if (run.state !== "running") return location.reload();
      if (bar) bar.value = run.total ? (100 * run.done) / run.total : 0;
      if (text) text.textContent = t("backtest.progress", { done: run.done, total: run.total });
      setTimeout(() => void ask(), pace);
    } catch {
      setTimeout(() => void ask(), patience);
    }
  };
  setTimeout(() => void ask(), pace);
}
