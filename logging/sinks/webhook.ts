import type { AlertAddress } from "./alerts.ts";
import type { WebhookTarget } from "../protocol.ts";
import { cut } from "../../store/limits.ts";
import { oneLine } from "../../store/one_line.ts";
import type { DueAlert, ErrorSummary } from "../../store/store.ts";

const MAX_TEXT_CHARS = 200;

/** The body of the request, as JSON. */
export interface WebhookMessage {
  /** The same when a message comes twice: a process may die between sending it and noting that. */
  id: string;
  /** One sentence, which chat programs show. */
  text: string;
  /** The error on the board, or in a summary the list; absent without `PUBLIC_URL`. */
  url?: string;
  /** Null in a summary. */
  error: ErrorSummary | null;
  /** Only in a summary: how many errors it is about, … */
  count?: number;
  /** … and the first of them. */
  errors?: ErrorSummary[];
}

export function webhook({ url, boardUrl }: WebhookTarget): AlertAddress {
  return {
    name: "ALERT_WEBHOOK_URL",
    toRequest: (alert) =>
      new Request(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(messageOf(alert, boardUrl)),
      }),
  };
}

const TITLES = {
  new: "New error",
  back: "Error is back",
  rising: "Error is rising",
  proved: "Fixed and proved",
} as const;

function messageOf(
  { id, isSummary, count, alerts }: DueAlert,
  boardUrl: string | undefined,
): WebhookMessage {
  const { kind, error } = alerts[0]!;
  const page = isSummary ? "" : `/errors/${error.id}`;
  const link = boardUrl === undefined ? undefined : { url: boardUrl + page };
  const end = link === undefined ? "" : ` ${link.url}`;
  if (!isSummary) {
    return { id, text: `${TITLES[kind]}: ${sentenceOf(error)}${end}`, ...link, error };
  }
  return {
    id,
    text: `${count} errors are new or have come back, the first is ${sentenceOf(error)}${end}`,
    ...link,
    error: null,
    count,
    errors: alerts.map(({ error }) => error),
  };
}

/**
 * For a chat: strangers wrote the message, so it is formatted as code, on one line, and without what chat programs read as
 * links and mentions.
 */
function sentenceOf(
  { type, message, svc_name, location, last_release, count }: ErrorSummary,
): string {
  const what = plain(cut(`${type}: ${message}`, MAX_TEXT_CHARS));
  const place = location === svc_name ? location : `${location}, ${svc_name}`;
  const where = plain(cut(place, MAX_TEXT_CHARS));
  const release = last_release === null ? "" : `, release \`${plain(last_release)}\``;
  return `\`${what}\` in \`${where}\`${release} (${count}×)`;
}

function plain(text: string): string {
  return oneLine(text).replaceAll("`", "'").replaceAll("<", "‹").replaceAll(">", "›");
}
