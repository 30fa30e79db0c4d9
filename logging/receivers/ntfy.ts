/**
 * ntfy, as JSON: https://docs.ntfy.sh/publish/#publish-as-json, at the root of its server. So no text of strangers gets into a
 * header. A message of more than 4,096 bytes would become a file: https://docs.ntfy.sh/publish/#limitations
 */
import { Buffer } from "node:buffer";
import { SEVERITY } from "../../store/record.ts";
import { linesOf } from "./plain_text.ts";
import type { Format } from "./receiver.ts";

const MAX_MESSAGE_BYTES = 4096;
/** Of 1 to 5; 3 is the usual one. */
const PRIORITIES = { high: 4, usual: 3, low: 2 };

export const format: Format = {
  urlOf: (url) => new URL(url.search, new URL("/", url)),
  bodyOf: ({ message, due, url }) => {
    const isWorst = due?.alerts.some(({ error }) => SEVERITY[error.level] >= SEVERITY.CRITICAL);
    const isCalm = message.kind === "proved" || message.kind === "test";
    return {
      topic: url.pathname.slice(1),
      title: message.title,
      message: startOf(linesOf({ ...message, url: undefined })),
      priority: isCalm ? PRIORITIES.low : isWorst ? PRIORITIES.high : PRIORITIES.usual,
      tags: [isCalm ? "white_check_mark" : "rotating_light"],
      ...(message.url !== undefined && { click: message.url }),
    };
  },
  isTaken: ({ json }) => typeof (json as { id?: unknown })?.id === "string",
};

function startOf(text: string): string {
  let start = text;
  while (Buffer.byteLength(start) > MAX_MESSAGE_BYTES) {
    start = start.slice(0, Math.floor(start.length * 0.9)).toWellFormed();
  }
  return start;
}
