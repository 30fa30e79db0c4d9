/**
 * Telegram's bots: https://core.telegram.org/bots/api#sendmessage. A text has 4,096 characters at most; in `<code>` nothing
 * becomes a link or a mention (https://core.telegram.org/bots/api#html-style). The answer is JSON with `ok`.
 */
import type { AlertMessage } from "./message.ts";
import { fitting } from "./plain_text.ts";
import type { Format } from "./receiver.ts";

const MAX_TEXT_CHARS = 4096;

export const format: Format = {
  urlOf: (url) => new URL(url.pathname, url),
  bodyOf: ({ message, url }) => ({
    // The chat, and what else the address says: a topic, silence.
    ...Object.fromEntries(
      Array.from(url.searchParams, ([name, value]) => [name, valueOf(name, value)]),
    ),
    text: textOf(message),
    parse_mode: "HTML",
    link_preview_options: { is_disabled: true },
  }),
  isTaken: ({ json }) => (json as { ok?: unknown })?.ok === true,
};

/** A chat may have a name; what else is a number or a switch is one in JSON. */
function valueOf(name: string, value: string): unknown {
  if (name === "chat_id") return value;
  if (/^-?\d{1,15}$/.test(value)) return Number(value);
  return ["true", "false"].includes(value) ? value === "true" : value;
}

function textOf({ title, what, facts, rows, more, url }: AlertMessage): string {
  const end = url === undefined ? [] : [`<a href="${escaped(url)}">Open on the board</a>`];
  const lines = [
    `<b>${escaped(title)}</b>`,
    ...(what === "" ? [] : [code(what)]),
    ...facts.map(({ name, value }) => `${name}: ${code(value)}`),
    ...rows.map((row) => `${row.title}: ${code(row.what)} in ${code(row.service)}`),
    ...(more > 0 ? [`… and ${more} more`] : []),
  ];
  return fitting(lines, { last: end, maxChars: MAX_TEXT_CHARS });
}

function code(text: string): string {
  return `<code>${escaped(text)}</code>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
