// Requests about one comment, in the name of its author or of whoever this reader is.
import type { Ask } from "../../shared/request";
import type { Widget } from "../widget";
import { authorToken } from "./remember";
import { signedIn } from "./session";

/** `path` begins after the comment's id. */
export function askComment(widget: Widget, id: string, path: string, ask: Ask): Promise<unknown> {
  const { api, memory } = widget;
  return signedIn(widget, (session) => {
    const token = memory.own(id)?.token || session || authorToken(memory);
    return api.ask(`/comments/${encodeURIComponent(id)}${path}`, { token, ...ask });
  });
}
