/**
 * Slack's incoming webhooks: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks, with blocks:
 * https://docs.slack.dev/reference/block-kit/blocks. Limits: 50 blocks, 150 characters of a header, 3,000 of a section's text, ten
 * fields of 2,000. The answer to a message that was taken is the text "ok".
 */
import { cut } from "../../store/limits.ts";
import type { AlertMessage } from "./message.ts";
import { code, firstOf, fitting } from "./plain_text.ts";
import type { Format } from "./receiver.ts";

const MAX_HEADER_CHARS = 150;
const MAX_SECTION_CHARS = 3000;
const MAX_FIELDS = 10;

export const format: Format = {
  bodyOf: ({ message }) => {
    const { title, what, facts, rows, more, url } = message;
    const lines = [
      ...(what === "" ? [] : [code(escaped(what))]),
      ...rows.map((row) =>
        `• ${row.title}: ${code(escaped(row.what))} in ${code(escaped(row.service))}`
      ),
      ...(more > 0 ? [`… and ${more} more`] : []),
    ];
    const last = url === undefined ? [] : [`<${escaped(url)}|Open on the board>`];
    return {
      // For notifications, and where blocks are not shown.
      text: summaryOf(message),
      blocks: [
        {
          type: "header",
          text: { type: "plain_text", text: cut(title, MAX_HEADER_CHARS), emoji: false },
        },
        { type: "section", text: mrkdwn(fitting(lines, { last, maxChars: MAX_SECTION_CHARS })) },
        ...(facts.length === 0 ? [] : [{
          type: "section",
          fields: facts.slice(0, MAX_FIELDS).map(({ name, value }) =>
            mrkdwn(`*${name}*\n${code(escaped(value))}`)
          ),
        }]),
      ],
    };
  },
  isTaken: ({ text, json }) => text.trim() === "ok" || (json as { ok?: unknown })?.ok === true,
};

function summaryOf(message: AlertMessage): string {
  const said = firstOf(message);
  return said === "" ? message.title : `${message.title}: ${code(escaped(said))}`;
}

/** `verbatim`: no links of names of channels and addresses. */
function mrkdwn(text: string) {
  return { type: "mrkdwn", text, verbatim: true };
}

/** https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
