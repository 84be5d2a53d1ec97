// Light or dark: what the page declares with color-scheme, or else what its background looks like.

/**
 * Whether the widget must force a dark scheme: the page declares none, yet the container stands on a dark background. A declared scheme
 * needs no help, it reaches light-dark() by inheritance.
 */
export function needsDark(container: Element): boolean {
  const scheme = getComputedStyle(container).colorScheme;
  if (scheme && scheme !== "normal") return false;
  for (let element: Element | null = container; element; element = element.parentElement) {
    const luminance = luminanceOf(getComputedStyle(element).backgroundColor);
    if (luminance !== null) return luminance < 0.2;
  }
  return false;
}

/** Relative luminance (WCAG) of a computed rgb() colour; null when it is mostly transparent or in another notation. */
export function luminanceOf(color: string): number | null {
  const parts = /^rgba?\(([\d.]+),? ([\d.]+),? ([\d.]+)(?:,? ?\/? ?([\d.]+))?\)$/.exec(color);
  if (!parts || Number(parts[4] ?? 1) < 0.5) return null;
  const [r, g, b] = parts.slice(1, 4).map((part) => {
    const c = Number(part) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

/** Calls `changed` whenever the page may have switched its theme, until `signal` aborts. */
export function watchTheme(container: Element, signal: AbortSignal, changed: () => void): void {
  const observer = new MutationObserver(changed);
  for (let element: Element | null = container; element; element = element.parentElement) {
    observer.observe(element, { attributes: true, attributeFilter: ["class", "style", "data-theme", "data-mode"] });
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed, { signal });
  signal.addEventListener("abort", () => observer.disconnect());
}
