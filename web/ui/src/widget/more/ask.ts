// Requests about one comment, in the name of its author or of whoever this reader was before.
import type { Ask } from "../../shared/request";
import type { Widget } from "../widget";
import { authorToken } from "./remember";

/** `path` begins after the comment's id. */
export function askComment({ api, memory }: Widget, id: string, path: string, ask: Ask): Promise<unknown> {
  return api.ask(`/comments/${encodeURIComponent(id)}${path}`, { token: memory.own(id)?.token ?? authorToken(memory), ...ask });
}
