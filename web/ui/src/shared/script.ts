// Where a script came from: the server's base address and the site's key.

export interface Source {
  /** Without a trailing slash: "https://comments.example.com" or with the path that a proxy puts before it. */
  readonly base: string;
  readonly site: string;
}

/**
 * Reads the forms of a script's address: BASE/embed.js?site=KEY, BASE/e/KEY/embed.js, BASE/KEY.disqus.com/embed.js, which existing Disqus
 * code builds by itself from a shortname that carries our host, and BASE/forums/KEY/embed.js, as old pages have it.
 */
export function parseSource(address: string, file: string): Source | null {
  try {
    return parse(new URL(address), file);
  } catch {
    return null; // no address at all, or one with a broken escape
  }
}

function parse(url: URL, file: string): Source | null {
  const end = `/${file}`;
  if (!url.pathname.endsWith(end)) return null;
  const path = url.pathname.slice(0, -end.length);
  const found = /^(.*)\/(?:(?:e|forums)\/([^/]+)|([^/]+)\.disqus\.com)$/.exec(path);
  const site = found?.[2] ?? found?.[3];
  if (site) return { base: url.origin + (found?.[1] ?? ""), site: decodeURIComponent(site) };
  const query = url.searchParams.get("site");
  return query ? { base: url.origin + path, site: query } : null;
}

/** The running script's source. A script inside a shadow tree is not `currentScript`; then the last matching one of the page is taken. */
export function currentSource(file: string): Source | null {
  const current = document.currentScript;
  if (current instanceof HTMLScriptElement) {
    const source = parseSource(current.src, file);
    if (source) return source;
  }
  const scripts = [...document.querySelectorAll<HTMLScriptElement>("script[src]")].reverse();
  for (const script of scripts) {
    const source = parseSource(script.src, file);
    if (source) return source;
  }
  return null;
}
