// What every page of the console has: the theme, buttons that copy, and the switch for single-letter keys.
import { setShortcuts, setTheme, shortcuts, theme, type Theme } from "./settings";
import { followImport } from "./imports";
import { followBacktest } from "./rules/backtest";
import { tryBox } from "./rules/try";
import { t } from "./texts";

const themes: readonly Theme[] = ["auto", "light", "dark"];

/** Sets the theme before anything is drawn. */
export function applyTheme(): void {
  const chosen = theme();
  if (chosen === "auto") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = chosen;
}

/** Brings a server-rendered page to life. */
export function enhance(): void {
  document.querySelectorAll<HTMLElement>("[data-theme-switch]").forEach(themeSwitch);
  document.querySelectorAll<HTMLElement>("[data-copy]").forEach(copyButton);
  document.querySelectorAll<HTMLElement>("[data-shortcuts]").forEach(shortcutSwitch);
  document.querySelectorAll<HTMLElement>("[data-try]").forEach(tryBox);
  document.querySelectorAll<HTMLElement>("[data-backtest]").forEach(followBacktest);
  document.querySelectorAll<HTMLElement>("[data-run]").forEach(followImport);
  document.querySelector<HTMLElement>("#problems, [data-first]")?.focus();
}

function themeSwitch(button: HTMLElement): void {
  const text = button.querySelector("[data-theme-label]");
  const say = (): void => {
    if (text) text.textContent = t(`theme.${theme()}`);
  };
  button.hidden = false;
  say();
  button.addEventListener("click", () => {
    setTheme(themes[(themes.indexOf(theme()) + 1) % themes.length] ?? "auto");
    applyTheme();
    say();
  });
}

function copyButton(button: HTMLElement): void {
  const source = document.getElementById(button.dataset["copy"] ?? "");
  const before = button.textContent ?? "";
  if (!source) return;
  button.hidden = false;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", () => {
    void copy(source).then((copied) => {
      if (!copied) return;
      button.textContent = button.dataset["copied"] ?? before;
      setTimeout(() => (button.textContent = before), 2000);
    });
  });
}

/** Copies an element's text; where the clipboard is closed to us it is selected, ready to be copied by hand. */
async function copy(source: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(source.textContent ?? "");
    return true;
  } catch {
    getSelection()?.selectAllChildren(source);
    return false;
  }
}

function shortcutSwitch(label: HTMLElement): void {
  const box = label.querySelector<HTMLInputElement>("[data-shortcuts-switch]");
  if (!box) return;
  label.hidden = false;
  box.checked = shortcuts();
  box.addEventListener("change", () => setShortcuts(box.checked));
}
