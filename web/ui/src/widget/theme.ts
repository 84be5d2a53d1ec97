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

/** Tells whether a dark scheme must be forced: now, and when the page may have switched its theme, until `signal` aborts. */
export function followTheme(container: Element, signal: AbortSignal, tell: (dark: boolean) => void): void {
  let timer = 0;
  const update = (): void => {
    tell(needsDark(container));
    timer = 0;
  };
  // A page that fades from one theme to the other shows its new colour only later.
  const changed = (): void => {
    if (timer) return;
    update();
    timer = setTimeout(update, 400);
  };
  const observer = new MutationObserver(changed);
  for (let element: Element | null = container; element; element = element.parentElement) observer.observe(element, { attributes: true });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed, { signal });
  signal.addEventListener("abort", () => {
    observer.disconnect();
    clearTimeout(timer);
  });
  changed();
}

/** Disqus's plugin for WordPress hides the comments of a block theme by their class, and then makes that very element the container. */
export function unhide(container: HTMLElement): void {
  if (container.matches(".wp-block-comments") && getComputedStyle(container).display === "none") container.style.setProperty("display", "block", "important");
}
