// The few drawings of the widget, built as elements. All are decoration beside a text.

const space = "http://www.w3.org/2000/svg";

export const paths = {
  like: "M7 11v9H4v-9zM7 11l4-8a2.5 2.5 0 0 1 2.4 3L12.6 9H19a2 2 0 0 1 2 2.4l-1.4 7A2 2 0 0 1 17.6 20H7",
  reply: "M10 7 5 12l5 5M5 12h9a5 5 0 0 1 5 5v2",
  fold: "m6 9 6 6 6-6",
  clock: "M12 7v5l3 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z",
} as const;

/** A 24-unit line drawing, hidden from assistive technology. */
export function icon(name: keyof typeof paths): SVGElement {
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("i", `i-${name}`);
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", paths[name]);
  svg.append(path);
  return svg;
}
