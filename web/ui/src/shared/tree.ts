// A comment's node tree as DOM. The server has already reduced the text to an allow list; this is the second lock on the same door.
import type { BodyElement, BodyNode } from "./wire";

const tags = new Set(["p", "em", "strong", "del", "code", "pre", "blockquote", "ul", "ol", "li", "br", "a"]);
const maxDepth = 16;

/** Appends the nodes to `into`. An unknown tag gives its text, and so does anything nested deeper than the server ever nests. */
export function renderBody(nodes: readonly BodyNode[], into: Element, depth = 0): void {
  for (const node of nodes) {
    if (typeof node === "string") {
      into.append(node);
    } else if (node && typeof node === "object") {
      const element = depth < maxDepth ? createElement(node) : null;
      if (Array.isArray(node.c)) renderBody(node.c, element ?? into, depth + 1);
      if (element) into.append(element);
    }
  }
}

function createElement(node: BodyElement): Element | null {
  if (!tags.has(node.t)) return null;
  if (node.t === "a") return createLink(node.h);
  const element = document.createElement(node.t);
  if (node.t === "ol" && Number.isInteger(node.s)) element.setAttribute("start", String(node.s));
  return element;
}

function createLink(address: string | undefined): Element | null {
  const href = safeHref(address);
  if (!href) return null;
  const link = document.createElement("a");
  link.href = href;
  link.rel = "nofollow noopener ugc";
  return link;
}

/** Returns the address when it is absolute and of a harmless scheme, else null. */
export function safeHref(address: unknown): string | null {
  if (typeof address !== "string") return null;
  try {
    return /^(https?|mailto):$/.test(new URL(address).protocol) ? address : null;
  } catch {
    return null;
  }
}

/** The text of a tree on one line. */
export function plainText(nodes: readonly BodyNode[]): string {
  return nodes
    .map((node) => (typeof node === "string" ? node : plainText(node.c ?? []) + (/^(p|br|li|pre)$/.test(node.t) ? " " : "")))
    .join("")
    .trim();
}
