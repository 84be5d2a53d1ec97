// Building DOM without markup strings, so that it works under Trusted Types and nothing a reader wrote can become markup.

export type Child = Node | string | null | undefined | false;

type Attribute = string | number | boolean | null | undefined;

/** Creates an element. True makes an empty attribute; false, null and undefined leave it out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes?: Readonly<Record<string, Attribute>> | null,
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value !== false && value != null) element.setAttribute(name, value === true ? "" : String(value));
  }
  add(element, ...children);
  return element;
}

/** Appends the children that are there. */
export function add(parent: ParentNode, ...children: readonly Child[]): void {
  for (const child of children) if (child) parent.append(child);
}

/** Shows or hides an element; the style sheet makes [hidden] stronger than any display. */
export function show(element: HTMLElement, visible: boolean): void {
  element.hidden = !visible;
}
