// The few things this browser remembers for the moderator. A browser that refuses storage forgets them, nothing more.

function read(name: string): string {
  try {
    return localStorage.getItem(`postbag.console.${name}`) ?? "";
  } catch {
    return "";
  }
}

function write(name: string, value: string): void {
  try {
    localStorage.setItem(`postbag.console.${name}`, value);
  } catch {
    // Private mode or full: it lasts until the page is closed.
  }
}

export type Theme = "auto" | "light" | "dark";

export function theme(): Theme {
  const stored = read("theme");
  return stored === "light" || stored === "dark" ? stored : "auto";
}

export function setTheme(value: Theme): void {
  write("theme", value);
}

/** Whether single letters act in the queue. */
export function shortcuts(): boolean {
  return read("shortcuts") !== "off";
}

export function setShortcuts(on: boolean): void {
  write("shortcuts", on ? "on" : "off");
}

/** The reason last used on a site. */
export function lastReason(site: string): string {
  return read(`reason.${site}`);
}

export function setLastReason(site: string, reason: string): void {
  write(`reason.${site}`, reason);
}
