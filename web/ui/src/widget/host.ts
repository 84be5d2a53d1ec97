// The element in the page that holds the widget's shadow root. It is one of our own, because only such an element is told of it when the
// page takes it out of the document with all that is around it, shown or not.

const name = "postbag-thread";

export interface Host extends HTMLElement {
  /** Called after the page has put the element elsewhere, out of the document or back into it. */
  moved?: () => void;
}

/** Creates the element. The script may run many times in a page, and a name is defined for good. */
export function createHost(): Host {
  if (!customElements.get(name)) {
    customElements.define(
      name,
      class extends HTMLElement implements Host {
        declare moved?: () => void;
        connectedCallback(): void {
          this.moved?.();
        }
        disconnectedCallback(): void {
          this.moved?.();
        }
      },
    );
  }
  const host: Host = document.createElement(name);
  host.setAttribute("data-postbag-root", "");
  return host;
}
