// What a page says of its reader and of its sign-in. Everything may be missing, and nothing may be trusted.
import type { Vouched } from "../widget";

export interface Vouch {
  readonly payload: string;
  readonly jwt: string;
  readonly apiKey: string;
  /** Tells what is said of the reader from what was said before. */
  readonly key: string;
  /** What the control is called; empty for our own word. */
  readonly name: string;
  /** Addresses of the site's own pages; http and https only. */
  readonly url: string;
  readonly logout: string;
  readonly profile: string;
  readonly width: number;
  readonly height: number;
}

export function readVouched({ page, sso }: Vouched): Vouch {
  const at = (where: unknown, name: string): string => {
    const value = where !== null && typeof where === "object" ? (where as Record<string, unknown>)[name] : undefined;
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  };
  const payload = at(page, "remote_auth_s3");
  const jwt = at(page, "remote_auth_jwt");
  return {
    payload,
    jwt,
    apiKey: at(page, "api_key"),
    key: `${payload}\n${jwt}`,
    name: at(sso, "name").trim().slice(0, 60),
    url: address(at(sso, "url")),
    logout: address(at(sso, "logout")),
    profile: address(at(sso, "profile_url")),
    width: size(at(sso, "width"), 800),
    height: size(at(sso, "height"), 600),
  };
}

/** An address that a link may have: http or https, relative ones as the page means them. */
function address(said: string): string {
  if (!said) return "";
  try {
    const url = new URL(said, document.baseURI);
    return /^https?:$/.test(url.protocol) ? url.href : "";
  } catch {
    return "";
  }
}

/** Pixels, within what fits on a screen. */
function size(said: string, usual: number): number {
  const pixels = Number.parseInt(said, 10);
  return pixels > 0 ? Math.min(Math.max(pixels, 200), 2000) : usual;
}
