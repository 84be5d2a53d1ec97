// The window with the site's own sign-in, and finding out when the reader is back from it.
import type { Vouch } from "./page";

interface Answers {
  /** The browser opened no window. */
  blocked(): void;
  /** The window is closed and the reader looks at this page again. */
  back(): void;
}

const lookEvery = 300;

export function openWindow({ url, width, height }: Vouch, signal: AbortSignal, { blocked, back }: Answers): void {
  const left = Math.max(0, screenX + (outerWidth - width) / 2);
  const top = Math.max(0, screenY + (outerHeight - height) / 2);
  const opened = open(url, "postbag-sign-in", `popup,width=${width},height=${height},left=${left},top=${top}`);
  if (!opened) return blocked();
  const timer = setInterval(() => {
    if (!opened.closed) return;
    clearInterval(timer);
    // A window whose page cuts its ties (Cross-Origin-Opener-Policy) looks closed from the beginning; the reader is still in it.
    if (document.hasFocus()) back();
    else addEventListener("focus", back, { once: true, signal });
  }, lookEvery);
  signal.addEventListener("abort", () => clearInterval(timer));
}

/** Calls `back` when the reader has left this page and looks at it again. */
export function awaitReturn(signal: AbortSignal, back: () => void): void {
  const look = (): void => {
    if (document.visibilityState !== "visible") return;
    document.removeEventListener("visibilitychange", look);
    back();
  };
  document.addEventListener("visibilitychange", look, { signal });
}
