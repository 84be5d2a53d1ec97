// From a key press to a command. The map is the single truth: buttons and the help sheet show what stands here.
import { shortcuts } from "./settings";

export type Command =
  | "next" | "previous" | "approve" | "remove" | "spam" | "escalate" | "undo" | "context" | "article" | "search" | "claim" | "help"
  | "escape" | "pick" | "pick-next" | "pick-previous" | "fresh" | "enter"
  | "go-pending" | "go-reported" | "go-new" | "go-escalated" | "go-sample" | "go-approved" | "go-removed" | "go-spam" | "go-deleted" | "go-all";

const letters: Readonly<Record<string, Command>> = {
  j: "next", k: "previous", a: "approve", r: "remove", s: "spam", e: "escalate", z: "undo", u: "undo", c: "context", o: "article",
  "/": "search", l: "claim", "?": "help", x: "pick", J: "pick-next", K: "pick-previous", ".": "fresh",
};

const gotos: Readonly<Record<string, Command>> = {
  p: "go-pending", r: "go-reported", n: "go-new", e: "go-escalated", t: "go-sample", q: "go-all", a: "go-approved", m: "go-removed", s: "go-spam", d: "go-deleted",
};

const named: Readonly<Record<string, Command>> = { ArrowDown: "next", ArrowUp: "previous", Escape: "escape", Enter: "enter" };

/** Commands that a held key must not repeat. */
const once = new Set<Command>(["approve", "remove", "spam", "escalate", "undo", "claim", "pick", "article"]);

/** How long G waits for its second letter, in milliseconds. */
const chord = 1500;

/** Whether typing belongs to the element, so that letters mean themselves. */
function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit"].includes(target.type);
}

/** Whether the element itself answers to Enter and the arrows. */
function isControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("button, a[href], summary, input, dialog") !== null;
}

export class Keys {
  readonly #run: (command: Command) => boolean;
  #chordUntil = 0;

  /** `run` returns false when the command means nothing now; the key then keeps its usual meaning. */
  constructor(run: (command: Command) => boolean) {
    this.#run = run;
    document.addEventListener("keydown", (event) => this.#pressed(event));
  }

  #pressed(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const command = this.#read(event);
    if (!command || (event.repeat && once.has(command))) return;
    if (this.#run(command)) event.preventDefault();
  }

  #read(event: KeyboardEvent): Command | undefined {
    if (document.querySelector("dialog[open]")) return undefined;
    if (event.key === "Escape") return "escape";
    if (takesText(event.target)) return undefined;
    const name = named[event.key];
    if (name) return isControl(event.target) && !(event.target as Element).closest("[role=listbox]") ? undefined : name;
    return shortcuts() ? this.#letter(event) : undefined;
  }

  #letter(event: KeyboardEvent): Command | undefined {
    const waiting = event.timeStamp < this.#chordUntil;
    this.#chordUntil = 0;
    const letter = /^[a-z]$/i.test(event.key);
    const key = !letter ? event.key : event.shiftKey ? event.key.toUpperCase() : event.key.toLowerCase(); // whatever Caps Lock says
    if (waiting) return gotos[key.toLowerCase()];
    if (key === "g" && !event.repeat) {
      this.#chordUntil = event.timeStamp + chord;
      return undefined;
    }
    return letters[key];
  }
}
