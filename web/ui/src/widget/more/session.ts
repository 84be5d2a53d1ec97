// Acting as the reader whom the site has signed in. Who that is, and the controls for it, are in sso/, which only pages that sign readers in
// load.
import type { Widget } from "../widget";
import type { Login } from "../sso/main";
import { problemOf } from "./lent";

/** Loads what signs readers in, where the page or the site speaks of it. */
export function findLogin(widget: Widget): Promise<Login | null> | null {
  const { page, sso } = widget.options.vouch();
  const has = (where: unknown, name: string): boolean => !!(where as Record<string, unknown> | null | undefined)?.[name];
  const wanted = has(page, "remote_auth_s3") || has(page, "remote_auth_jwt") || has(sso, "url") || widget.thread.site?.guests === false;
  if (!wanted) return null;
  return widget.chunk<typeof import("../sso/main")>("sso").then(
    ({ start }) => start(widget),
    (error: unknown) => (console.warn("Postbag:", error), null),
  );
}

/** Sends something with the token of the session, if there is one. When the session has ended, the page is asked once more who its reader is. */
export async function signedIn<T>(widget: Widget, send: (token: string | undefined) => Promise<T>): Promise<T> {
  const login = await widget.login;
  await login?.known;
  const token = login?.token;
  try {
    return await send(token);
  } catch (error) {
    if (!token || problemOf(error).status !== 401) throw error;
    await login.again();
    if (!login.token) throw error;
    return send(login.token);
  }
}
