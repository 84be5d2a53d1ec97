// The life of a comment form: draft, guest's name, counter, sending, and what to do when it fails.
import type { Comment, FieldError, Posted, Problem } from "../../shared/wire";
import type { Form } from "../form";
import type { Widget } from "../widget";
import { h, problemOf, show } from "./lent";
import { attemptKey, keepDraft, readDraft, type Guest } from "./remember";
import { sendError } from "./trouble";

/** What the reader sends. */
export interface Entry {
  readonly text: string;
  readonly parent: string | null;
  readonly author: Guest;
  readonly key: string;
}

export interface ComposerHost {
  send(entry: Entry): Promise<Posted>;
  /** The server has the comment. */
  sent(answer: Posted, entry: Entry): void;
  cancelled(): void;
}

interface Attempt {
  readonly key?: string | undefined;
  readonly sent?: string | undefined;
}

const saveAfter = 500;

export class Composer {
  readonly #widget: Widget;
  readonly #host: ComposerHost;
  readonly #form: Form;
  readonly #name: HTMLInputElement;
  readonly #email: HTMLInputElement;
  readonly #remember = h("input", { type: "checkbox" });
  readonly #counter = h("p", { class: "counter" });
  readonly #spoken = h("p", { class: "sr", role: "status" });
  readonly #trouble = h("div");
  readonly #restored: HTMLElement;
  readonly #place: string;
  #timer = 0;
  #busy = false;
  #dirty = false;
  #announced = Infinity;
  #attempt: Attempt = {};

  constructor(widget: Widget, host: ComposerHost, form: Form, readonly parent: Comment | null) {
    this.#widget = widget;
    this.#host = host;
    this.#form = form;
    this.#place = `${widget.place}|${parent?.id ?? ""}`;
    this.#name = h("input", { id: `${form.id}-name`, type: "text", autocomplete: "name", maxlength: 60, dir: "auto", placeholder: " " });
    this.#email = h("input", { id: `${form.id}-email`, type: "email", autocomplete: "email", maxlength: 254, dir: "ltr" });
    this.#restored = this.#buildRestored();
    this.#complete();
    this.#fill();
    this.#listen();
    void widget.login?.then((login) => login?.dress(form));
  }

  focus(): void {
    this.#form.text.focus();
  }

  /** Writes the draft now: after half a second of rest, when the page goes away, and when the form is taken down. */
  save(): void {
    clearTimeout(this.#timer);
    if (this.#dirty) keepDraft(this.#widget.memory, this.#place, { text: this.#form.text.value, ...this.#attempt, at: Date.now() });
    this.#dirty = false;
  }

  /** Sends the comment, unless it is being sent already or something is missing. */
  async submit(): Promise<void> {
    if (this.#busy || !this.#check()) return;
    const entry = this.#entry();
    this.#setBusy(true);
    try {
      const answer = await this.#host.send(entry);
      this.#acknowledged(entry);
      this.#host.sent(answer, entry);
    } catch (error) {
      this.#refused(problemOf(error));
    } finally {
      this.#setBusy(false);
    }
  }

  /** Adds what the first render left out. */
  #complete(): void {
    const { i18n } = this.#widget;
    const { text, middle, foot, submit } = this.#form;
    const field = (input: HTMLElement, label: string): HTMLElement => h("div", { class: "field" }, h("label", { for: input.id }, label), input, this.#wrongLine(input));
    text.after(this.#wrongLine(text));
    middle.append(
      this.#restored,
      h(
        "div",
        { class: "guest" },
        field(this.#name, i18n.t("name")),
        field(this.#email, i18n.t("email")),
        h("label", { class: "tick" }, this.#remember, i18n.t("remember")),
      ),
      this.#trouble,
    );
    foot.prepend(h("p", { class: "hint" }, i18n.t("hint")), this.#counter, this.#spoken);
    if (!this.parent) return;
    const cancel = h("button", { type: "button", class: "second" }, i18n.t("cancel"));
    cancel.addEventListener("click", () => this.#host.cancelled());
    submit.before(cancel);
  }

  #wrongLine(input: HTMLElement): HTMLElement {
    return h("p", { class: "wrong", id: `${input.id}-wrong`, hidden: true });
  }

  #buildRestored(): HTMLElement {
    const { i18n, memory } = this.#widget;
    const discard = h("button", { type: "button" }, i18n.t("discard"));
    discard.addEventListener("click", () => {
      keepDraft(memory, this.#place, null);
      this.#attempt = {};
      this.#setText("");
      this.focus();
    });
    return h("p", { class: "restored", hidden: true }, i18n.t("draft"), " ", discard);
  }

  #fill(): void {
    const { memory, options } = this.#widget;
    const guest = memory.get<Guest>("guest");
    const { name, email } = guest ?? options.guest;
    this.#name.value = name;
    this.#email.value = email;
    this.#remember.checked = !!guest;
    if (this.#form.text.value) return this.#typed();
    const draft = readDraft(memory, this.#place, Date.now());
    if (!draft) return;
    this.#setText(draft.text);
    this.#attempt = { key: draft.key, sent: draft.sent };
    show(this.#restored, true);
  }

  #listen(): void {
    const { element, text } = this.#form;
    text.addEventListener("input", () => this.#typed());
    element.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.submit();
    });
    element.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.repeat) void this.submit();
    });
  }

  #typed(): void {
    this.#dirty = true;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.save(), saveAfter);
    show(this.#restored, false);
    this.#measure();
  }

  #setText(text: string): void {
    clearTimeout(this.#timer);
    this.#form.text.value = text;
    this.#dirty = false;
    show(this.#restored, false);
    this.#measure();
  }

  /** Shows how many characters are left in the last fifth, and says it aloud at 100, 20 and 0 only. */
  #measure(): void {
    const { i18n, maxLength } = this.#widget;
    const left = maxLength - [...this.#form.text.value].length;
    if (left < maxLength) this.#form.element.classList.add("open");
    this.#counter.textContent = left <= maxLength / 5 ? i18n.t(left < 0 ? "over" : "left", { n: Math.abs(left) }) : "";
    this.#counter.classList.toggle("bad", left < 0);
    const mark = [0, 20, 100].find((step) => left <= step) ?? Infinity;
    if (mark < this.#announced) this.#spoken.textContent = this.#counter.textContent;
    this.#announced = mark;
  }

  /** Checks what can be checked here, and puts the focus on the first field that is wrong. */
  #check(): boolean {
    const { i18n, maxLength } = this.#widget;
    const text = this.#form.text.value.trim();
    const over = [...text].length - maxLength;
    const wrong: FieldError[] = [];
    if (!text) wrong.push({ field: "text", detail: i18n.t("emptyText") });
    if (over > 0) wrong.push({ field: "text", detail: i18n.t("over", { n: over }) });
    if (!this.#email.validity.valid) wrong.push({ field: "email", detail: i18n.t("badEmail") });
    this.#mark(wrong);
    return wrong.length === 0;
  }

  /** What to send. The same text again bears the same key, so that a retry can never post twice; the key outlives a reload with the draft. */
  #entry(): Entry {
    const author = { name: this.#name.value.trim(), email: this.#email.value.trim() };
    const text = this.#form.text.value.trim();
    const sent = [text, author.name, author.email].join("\n");
    const key = (this.#attempt.sent === sent && this.#attempt.key) || attemptKey();
    this.#attempt = { key, sent };
    this.#dirty = true;
    this.save();
    return { text, parent: this.parent?.id ?? null, author, key };
  }

  #acknowledged(entry: Entry): void {
    const { memory } = this.#widget;
    keepDraft(memory, this.#place, null);
    memory.set("guest", this.#remember.checked ? entry.author : null);
    this.#attempt = {};
    this.#setText("");
    this.#form.element.classList.remove("open");
  }

  #refused(problem: Problem): void {
    const errors = (problem.errors ?? []).filter((error) => this.#fieldOf(error.field));
    if (errors.length > 0) return this.#mark(errors);
    this.#trouble.replaceChildren(sendError(this.#widget, problem, () => this.#again()));
    if (problem.status === 422) this.focus();
  }

  /** Sends again; the button that was pressed goes away, so the focus moves to the one that stays. */
  #again(): void {
    this.#form.submit.focus();
    void this.submit();
  }

  #fieldOf(name: string): HTMLInputElement | HTMLTextAreaElement | undefined {
    const fields: Readonly<Record<string, HTMLInputElement | HTMLTextAreaElement>> = { text: this.#form.text, name: this.#name, email: this.#email };
    return fields[name.split(".").at(-1) ?? ""];
  }

  /** Ties each sentence to its field; fields without one are right again. */
  #mark(errors: readonly FieldError[]): void {
    const found = new Map(errors.map((error) => [this.#fieldOf(error.field), error.detail]));
    let first: HTMLElement | undefined;
    for (const field of [this.#form.text, this.#name, this.#email]) {
      const detail = found.get(field);
      const line = this.#form.element.querySelector<HTMLElement>(`#${field.id}-wrong`)!;
      line.textContent = detail ?? "";
      show(line, !!detail);
      field.setAttribute("aria-invalid", String(!!detail));
      if (detail) field.setAttribute("aria-describedby", line.id);
      else field.removeAttribute("aria-describedby");
      if (detail) first ??= field;
    }
    if (first) this.#form.element.classList.add("open");
    first?.focus();
  }

  #setBusy(busy: boolean): void {
    const { submit } = this.#form;
    this.#busy = busy;
    submit.setAttribute("aria-disabled", String(busy));
    submit.textContent = this.#widget.i18n.t(busy ? "posting" : "post");
    if (busy) this.#trouble.replaceChildren();
  }
}
