// The page of an import that is under way: how far it is, and the report once it is there. Without this script the page loads itself again.

/** Milliseconds between two questions. */
const pace = 1000;
const patience = 5000;

interface Run {
  readonly state: string;
  readonly percent: number;
  readonly text: string;
}

/** Follows the run whose address the panel bears; a panel without one is loaded again. */
export function followImport(panel: HTMLElement): void {
  const address = panel.dataset["run"];
  if (!address) return void setTimeout(() => location.reload(), pace);
  const bar = panel.querySelector<HTMLProgressElement>("[data-run-bar]");
  const text = panel.querySelector<HTMLElement>("[data-run-text]");
  const ask = async (): Promise<void> => {
    try {
      const answer = await fetch(address, { credentials: "same-origin", headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const run = (await answer.json()) as Run;
      if (run.state !== "running" && run.state !== "undoing") return location.reload();
      if (bar) bar.value = run.percent;
      if (text) text.textContent = run.text;
      setTimeout(() => void ask(), pace);
    } catch {
      setTimeout(() => void ask(), patience);
    }
  };
  setTimeout(() => void ask(), pace);
}
