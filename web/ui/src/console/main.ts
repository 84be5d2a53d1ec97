// The console's only script. It is loaded in the head, so that the theme is set before anything is drawn, and does the rest when the page
// is there.
import { Api } from "./api";
import { applyTheme, enhance } from "./page";
import { Screen } from "./screen";
import { explain } from "./state";

async function start(): Promise<void> {
  enhance();
  const root = document.getElementById("queue");
  if (!root) return;
  const api = new Api(root.dataset["api"] ?? "/api/v1/moderation");
  try {
    new Screen(root, api, await api.me()).start();
  } catch (error) {
    root.replaceChildren(explain(error));
  }
}

applyTheme();
document.addEventListener("DOMContentLoaded", () => void start());
