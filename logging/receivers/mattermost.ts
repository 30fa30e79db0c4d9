/**
 * Mattermost's incoming webhooks, with an attachment: https://developers.mattermost.com/integrate/webhooks/incoming/ and
 * https://developers.mattermost.com/integrate/reference/message-attachments/. In code it shows text as it is, and mentions nobody.
 * The answer to a message that was taken is the text "ok".
 */
import type { AlertMessage } from "./message.ts";
import { code, firstOf, fitting, markdownLines } from "./plain_text.ts";
import { colorOf, type Format } from "./receiver.ts";

/** Of a post: https://docs.mattermost.com/developers/integrate/webhooks/incoming */
const MAX_TEXT_CHARS = 16_383;

export const format: Format = {
  bodyOf: ({ message }) => {
    const { kind, title, facts, url } = message;
    return {
      attachments: [{
        fallback: fallbackOf(message),
        color: `#${colorOf(kind).toString(16).padStart(6, "0")}`,
        title,
        ...(url !== undefined && { title_link: url }),
        text: fitting(markdownLines(message), { maxChars: MAX_TEXT_CHARS }),
        fields: facts.map(({ name, value }) => ({ short: true, title: name, value: code(value) })),
      }],
    };
  },
  isTaken: ({ text }) => text.trim() === "ok",
};

function fallbackOf(message: AlertMessage): string {
  const said = firstOf(message);
  return said === "" ? message.title : `${message.title}: ${code(said)}`;
}
