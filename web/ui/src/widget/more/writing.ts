// Writing to the thread: the form at the top, one reply form at a time, and what happens when the server has taken a comment.
import type { Refusal } from "../../shared/request";
import type { Comment, Posted } from "../../shared/wire";
import type { Form } from "../form";
import type { Widget } from "../widget";
import { Composer, type ComposerHost, type Entry } from "./composer";
import { problemOf } from "./lent";
import { drawPill } from "./live";
import { authorToken, keepOwn } from "./remember";
import { signedIn } from "./session";

export class Writing {
  readonly #widget: Widget;
  readonly #posted: () => void;
  #main: Composer | null = null;
  #reply: { readonly composer: Composer; readonly form: Form; readonly to: Comment } | null = null;

  /** `posted` is called after a comment of this reader has been accepted. */
  constructor(widget: Widget, posted: () => void) {
    this.#widget = widget;
    this.#posted = posted;
    if (widget.form) this.#main = new Composer(widget, this.#host(() => undefined), widget.form, null);
    addEventListener("pagehide", () => this.save(), { signal: widget.signal });
  }

  save(): void {
    this.#main?.save();
    this.#reply?.composer.save();
  }

  submit(): void {
    void this.#main?.submit();
  }

  /** Opens the reply form below a comment and moves the focus into it, unless told otherwise. Another one is closed; its draft is kept. */
  open(to: Comment, focus = true): void {
    const widget = this.#widget;
    if (this.#reply?.to.id !== to.id) {
      this.close();
      const form = widget.buildForm(to);
      const composer = new Composer(widget, this.#host(() => this.#cancel()), form, to);
      widget.list.article(to.id)?.after(form.element);
      this.#reply = { composer, form, to };
      widget.replyTo = to.id;
    }
    if (focus) this.#reply.composer.focus();
  }

  close(): void {
    this.#reply?.composer.save();
    this.#reply?.form.element.remove();
    this.#reply = null;
    this.#widget.replyTo = null;
  }

  #cancel(): void {
    const id = this.#reply?.to.id;
    this.close();
    if (id) this.#widget.list.article(id)?.querySelector<HTMLElement>('[data-act="reply"]')?.focus();
  }

  #host(cancelled: () => void): ComposerHost {
    return {
      send: (entry) => this.#send(entry),
      sent: (answer, entry) => this.#sent(answer, entry),
      cancelled,
    };
  }

  /** Posts as who is signed in, else as the same author as before. An edit token that the server no longer knows must not keep anyone from posting. */
  async #send(entry: Entry): Promise<Posted> {
    const { api, memory, signal, options } = this.#widget;
    const post = async (token: string | undefined): Promise<Posted> =>
      (await api.ask(`/sites/${encodeURIComponent(api.site)}/comments`, { method: "POST", body: { article: api.article, ...entry }, token })) as Posted;
    if (!signal.aborted) options.emit("beforeComment");
    return signedIn(this.#widget, async (session) => {
      const token = session ?? authorToken(memory);
      try {
        return await post(token);
      } catch (error) {
        if (token && !session && problemOf(error as Refusal).status === 401) return post(undefined);
        throw error;
      }
    });
  }

  #sent(answer: Posted, entry: Entry): void {
    const widget = this.#widget;
    const { comment } = answer;
    const waits = comment.status === "pending";
    const note = answer.message || widget.i18n.t(waits ? "waitingNote" : "published");
    if (answer.edit_token) {
      // Who is signed in needs no token, and on a shared device must leave none.
      const own = { id: comment.id, token: comment.author?.badge === "member" ? "" : answer.edit_token, article: widget.place, text: entry.text, at: Date.now() };
      keepOwn(widget.memory, { ...own, waiting: waits ? comment : undefined });
    }
    if (widget.signal.aborted) return;
    if (entry.parent) this.close();
    const told = widget.arrivals.delete(comment.id); // its event was faster than this answer
    if (told) drawPill(widget);
    if (waits) widget.list.waiting.set(comment.id, note);
    const known = widget.list.forest.get(comment.id);
    widget.add(comment);
    if (!waits && !known && !told) widget.count((widget.thread?.count ?? 0) + 1);
    widget.visit(comment.id);
    widget.announce(note);
    widget.options.emit("onNewComment", { id: comment.id, text: entry.text });
    this.#posted();
  }
}
