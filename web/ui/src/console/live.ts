// What happens on the server, as it happens. When the stream does not hold, the screen asks every few seconds instead.
import type { ClaimEvent, CountsEvent, LaneEvent } from "./wire";

export interface LiveEvents {
  counts(event: CountsEvent): void;
  enter(event: LaneEvent): void;
  leave(event: LaneEvent): void;
  claim(event: ClaimEvent): void;
  release(event: ClaimEvent): void;
  /** Too much was missed: load everything again. */
  reset(): void;
  /** Called every few seconds while there is no stream. */
  poll(): void;
  state(state: "on" | "polling" | "off"): void;
}

/** Milliseconds between looks while polling. */
const pause = 10000;

export class Live {
  readonly #events: LiveEvents;
  #url = "";
  #source: EventSource | null = null;
  #timer = 0;
  #failures = 0;

  constructor(events: LiveEvents) {
    this.#events = events;
    addEventListener("online", () => this.#open());
    addEventListener("offline", () => events.state("off"));
  }

  /** Follows a stream; the one before is closed. */
  follow(url: string): void {
    if (url === this.#url && this.#source) return;
    this.#url = url;
    this.#failures = 0;
    this.#open();
  }

  #open(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    const source = new EventSource(this.#url);
    this.#source = source;
    source.addEventListener("open", () => {
      clearTimeout(this.#timer);
      if (this.#failures > 0) this.#events.reset();
      this.#failures = 0;
      this.#events.state("on");
    });
    source.addEventListener("error", () => this.#failed(source));
    this.#listen(source, "counts", (event: CountsEvent) => this.#events.counts(event));
    this.#listen(source, "enter", (event: LaneEvent) => this.#events.enter(event));
    this.#listen(source, "leave", (event: LaneEvent) => this.#events.leave(event));
    this.#listen(source, "claim", (event: ClaimEvent) => this.#events.claim(event));
    this.#listen(source, "release", (event: ClaimEvent) => this.#events.release(event));
    source.addEventListener("reset", () => this.#events.reset());
  }

  #listen<T>(source: EventSource, name: string, handle: (event: T) => void): void {
    source.addEventListener(name, (event) => {
      const data: unknown = JSON.parse(event.data as string);
      if (data !== null && typeof data === "object") handle(data as T);
    });
  }

  /** The browser tries again by itself unless the answer was no stream at all; then it is up to us, with growing pauses. */
  #failed(source: EventSource): void {
    if (source !== this.#source) return;
    this.#failures++;
    this.#events.state(navigator.onLine ? "polling" : "off");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#meanwhile(source), source.readyState === EventSource.CLOSED ? Math.min(pause, 1000 * 2 ** this.#failures) : pause);
  }

  #meanwhile(source: EventSource): void {
    if (navigator.onLine) this.#events.poll();
    if (source.readyState === EventSource.CLOSED) this.#open();
    else this.#timer = setTimeout(() => this.#meanwhile(source), pause);
  }
}
