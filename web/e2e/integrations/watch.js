// Runs before every script of a page and keeps count of what Postbag's scripts put there: elements, listeners, timers, observers,
// requests. Called with the origin of those scripts. `window.postbagLeft()` lists what is still there.
(origin) => {
  Error.stackTraceLimit = 50;
  const entries = new Set();

  // Whether a script of Postbag asked. Scripts between it and the browser, such as this one or zone.js, ask on its behalf.
  const asker = () => {
    const frames = new Error().stack.split("\n").slice(1);
    const frame = frames.find((line) => !line.includes("watch.js") && !line.includes("/packages/zone.js"));
    return frame?.includes(origin) && frame.trim().replace(origin, "");
  };
  const keep = (what, isLeft) => {
    const by = asker();
    const entry = by && { say: () => `${what} ${by}`, isLeft };
    if (entry) entries.add(entry);
    return entry || null;
  };
  const drop = (entry) => entries.delete(entry);
  // A node that is out of the page is nobody's burden any more, nor is what listens there.
  const inPage = (target) => !(target instanceof Node) || target.isConnected;
  const nameOf = (target) => (target === window ? "window" : target.nodeName ?? target.constructor.name);
  const wrap = (owner, name, make) => {
    owner[name] = make(owner[name]);
  };

  for (const name of ["createElement", "createElementNS"]) {
    wrap(Document.prototype, name, (original) => function (...args) {
      const element = original.apply(this, args);
      keep(`element ${element.localName}`, () => element.isConnected);
      return element;
    });
  }

  const { addEventListener, removeEventListener } = EventTarget.prototype;
  const listening = (target, type, listener, options) => {
    const capture = !!(typeof options === "object" ? options?.capture : options);
    const same = (e) => e.listener === listener && e.target === target && e.type === type && e.capture === capture;
    return { target, type, listener, capture, same };
  };
  EventTarget.prototype.addEventListener = function (type, listener, options) {
    const target = this ?? window;
    const { once, signal } = typeof options === "object" ? options ?? {} : {};
    if (listener && !signal?.aborted && !(target instanceof AbortSignal || target instanceof EventSource)) {
      const found = listening(target, type, listener, options);
      const entry = [...entries].some(found.same) ? null : keep(`listener ${type} on ${nameOf(target)}`, () => inPage(target));
      if (entry) {
        Object.assign(entry, found);
        if (once) addEventListener.call(target, type, () => drop(entry), { once, capture: found.capture });
        if (signal) addEventListener.call(signal, "abort", () => drop(entry));
      }
    }
    return addEventListener.call(target, type, listener, options);
  };
  EventTarget.prototype.removeEventListener = function (type, listener, options) {
    const { same } = listening(this ?? window, type, listener, options);
    for (const entry of entries) if (same(entry)) drop(entry);
    return removeEventListener.call(this ?? window, type, listener, options);
  };

  for (const [start, stop, again] of [
    ["setTimeout", "clearTimeout"], ["setInterval", "clearInterval", true],
    ["requestAnimationFrame", "cancelAnimationFrame"], ["requestIdleCallback", "cancelIdleCallback"],
  ]) {
    const running = new Map();
    wrap(window, start, (original) => function (callback, ...rest) {
      let entry = null;
      const id = original.call(window, typeof callback !== "function" ? callback : (...args) => {
        if (!again) drop(entry);
        return callback(...args);
      }, ...rest);
      running.set(id, (entry = keep(start, () => true)));
      return id;
    });
    wrap(window, stop, (original) => (id) => {
      drop(running.get(id));
      return original.call(window, id);
    });
  }

  for (const name of ["MutationObserver", "ResizeObserver", "IntersectionObserver"]) {
    const Watched = class extends window[name] {
      #targets = new Set();
      #entry = keep(name, () => [...this.#targets].some(inPage));
      observe(target, ...rest) {
        this.#targets.add(target);
        super.observe(target, ...rest);
      }
      unobserve(target) {
        this.#targets.delete(target);
        super.unobserve(target);
      }
      disconnect() {
        this.#targets.clear();
        super.disconnect();
      }
    };
    // As those of the browser's own class, which zone.js lists.
    for (const method of ["observe", "unobserve", "disconnect"]) Object.defineProperty(Watched.prototype, method, { enumerable: true });
    window[name] = Watched;
  }

  wrap(window, "EventSource", (Original) => class extends Original {
    #entry = keep("EventSource", () => this.readyState !== Original.CLOSED);
  });

  wrap(window, "fetch", (original) => function (...args) {
    const entry = keep(`fetch ${args[0]?.url ?? args[0]}`, () => true);
    const answer = original.apply(window, args);
    if (args[1]?.signal) addEventListener.call(args[1].signal, "abort", () => drop(entry));
    answer.then(() => drop(entry), () => drop(entry));
    return answer;
  });

  Object.defineProperty(window, "postbagLeft", {
    value: () => [
      ...[...entries].filter((entry) => entry.isLeft()).map((entry) => entry.say()),
      ...(document.adoptedStyleSheets.length > 0 ? ["a style sheet of the page"] : []),
    ],
  });
}
