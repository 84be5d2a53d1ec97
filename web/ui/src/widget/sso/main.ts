// Signing in by the site's own accounts: what the page says of its reader becomes a session, which is kept in memory only.
import type { Form } from "../form";
import type { Comment } from "../../shared/wire";
import type { Widget } from "../widget";
import { LoginLine } from "./line";
import { openWindow } from "./popup";
import { readVouched, type Vouch } from "./page";
import style from "./style.css";
import { textsOf, type Texts } from "./texts";

export interface Reader {
  readonly id: string;
  readonly name: string;
  readonly avatar: string | null;
  readonly url: string | null;
}

interface Session {
  readonly reader: Reader | null;
  readonly token: string | null;
}

interface Written extends Comment {
  readonly text: string;
}

export class Login {
  reader: Reader | null = null;
  token: string | undefined;
  /** Settled once it is known who is signed in. */
  known: Promise<void>;
  readonly texts: Texts;
  #vouch: Vouch;
  #lines: LoginLine[] = [];

  constructor(readonly widget: Widget) {
    this.texts = textsOf(widget.i18n);
    this.#vouch = readVouched(widget.options.vouch());
    this.known = this.#identify();
  }

  get vouch(): Vouch {
    return this.#vouch;
  }

  /** Puts the line about signing in on a form. */
  dress(form: Form): void {
    const line = new LoginLine(this, form);
    this.#lines = [...this.#lines.filter((other) => other.shown), line];
    line.draw();
  }

  /** Asks the page and the server once more who is signed in. */
  async again(): Promise<void> {
    const before = this.reader;
    this.#vouch = readVouched(this.widget.options.vouch(true));
    this.known = this.#identify();
    await this.known;
    if (before && !this.reader) this.widget.announce(this.texts.ended);
  }

  /** Opens the site's own sign-in, waits until the reader is back, and finds out who it is: in place when the page knows, else by loading it anew. */
  open(line: LoginLine): void {
    const { widget } = this;
    openWindow(this.#vouch, widget.signal, {
      blocked: () => line.offerLink(),
      back: () => void this.#returned(),
    });
  }

  async #returned(): Promise<void> {
    const fresh = readVouched(this.widget.options.vouch(true));
    if (fresh.key === this.#vouch.key) return location.reload(); // the drafts are kept when the page goes away
    this.#vouch = fresh;
    this.known = this.#identify();
    await this.known;
    if (this.reader) this.widget.announce(this.texts.now.replace("{name}", this.reader.name));
  }

  async #identify(): Promise<void> {
    const { widget } = this;
    const { payload, jwt, apiKey } = this.#vouch;
    let session: Partial<Session> = {};
    if (payload || jwt) {
      const body = { remote_auth_s3: payload, jwt, api_key: apiKey };
      try {
        session = ((await widget.api.ask(this.#path(""), { method: "POST", body, signal: widget.signal })) ?? {}) as Partial<Session>;
      } catch (error) {
        if (!widget.signal.aborted) console.warn("Postbag:", error);
      }
    }
    if (widget.signal.aborted) return;
    this.reader = session.reader ?? null;
    this.token = (this.reader && session.token) || undefined;
    for (const line of this.#lines) line.draw();
    this.#forget();
    if (!this.reader) return;
    widget.options.emit("onIdentify", this.reader);
    await this.#findOwn();
  }

  #path(end: string): string {
    return `/sites/${encodeURIComponent(this.widget.api.site)}/session${end}`;
  }

  /** Marks the reader's comments in the thread, and adds those that wait. */
  async #findOwn(): Promise<void> {
    const { api, list, memory, signal, i18n, place } = this.widget;
    const { id, url } = api.article;
    const query = new URLSearchParams(id ? { id, url } : { url });
    try {
      const { comments } = (await api.ask(this.#path(`/comments?${query}`), { token: this.token, signal })) as { readonly comments: readonly Written[] };
      if (signal.aborted) return;
      memory.session = comments.map((comment) => {
        const waiting = comment.status === "pending" ? comment : undefined;
        return { id: comment.id, token: "", article: place, text: comment.text, at: Date.now(), waiting };
      });
      for (const comment of comments) {
        const known = list.forest.get(comment.id);
        if (known) list.refresh(known);
        else if (comment.status === "pending") {
          list.waiting.set(comment.id, i18n.t("waitingNote"));
          this.widget.add(comment);
        }
      }
    } catch (error) {
      if (!signal.aborted) console.warn("Postbag:", error);
    }
  }

  /** Takes away what only the reader before could see and do. */
  #forget(): void {
    const { list, memory } = this.widget;
    const owned = memory.session;
    memory.session = [];
    for (const { id, waiting } of owned) {
      const item = list.forest.get(id);
      if (waiting && list.waiting.delete(id)) list.remove(id);
      else if (item) list.refresh(item);
    }
  }
}

/** Finds out who is signed in. */
export function start(widget: Widget): Login {
  widget.style(style);
  return new Login(widget);
}
