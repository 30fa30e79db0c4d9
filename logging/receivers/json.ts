/** Plain JSON, for programs: what `docs/alerts.md` says of it. */
import { oneLine } from "../../store/one_line.ts";
import { cut } from "../../store/limits.ts";
import type { Alert, DueAlert, ErrorSummary } from "../../store/store.ts";
import { type AlertMessage, releaseOf, TITLES } from "./message.ts";
import type { Format } from "./receiver.ts";

const MAX_TEXT_CHARS = 200;

/** The body of the request. */
export interface JsonMessage {
  /** The same when a message comes twice: a process may die between sending it and noting that. */
  id: string;
  kind: AlertMessage["kind"];
  /** One sentence, which chat programs show. */
  text: string;
  /** The error on the board, or in a summary the list; absent without `PUBLIC_URL`. */
  url?: string;
  /** Null in a summary. */
  error: ErrorSummary | null;
  /** Only in a summary: how many alerts it is about, … */
  count?: number;
  /** … and the errors of the first of them. */
  errors?: ErrorSummary[];
}

export const format: Format = {
  bodyOf: ({ message, due }) => jsonMessage(message, due),
  isTaken: () => true,
};

function jsonMessage(
  { id, kind, title, what, url }: AlertMessage,
  due: DueAlert | undefined,
): JsonMessage {
  const link = url === undefined ? {} : { url };
  const end = url === undefined ? "" : ` ${url}`;
  if (due === undefined) return { id, kind, text: `${title}: ${what}${end}`, ...link, error: null };
  const { isSummary, count, alerts } = due;
  const first = sentenceOf(alerts[0]!);
  if (!isSummary) return { id, kind, text: `${first}${end}`, ...link, error: alerts[0]!.error };
  return {
    id,
    kind,
    text: `${title}, the first: ${first}${end}`,
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
function sentenceOf({ kind, error }: Alert): string {
  const { type, message, svc_name, location, count } = error;
  const what = plain(cut(`${type}: ${message}`, MAX_TEXT_CHARS));
  const place = location === svc_name ? location : `${location}, ${svc_name}`;
  const where = plain(cut(place, MAX_TEXT_CHARS));
  const { name, value } = releaseOf(kind, error);
  const release = value === null ? "" : `, ${name.toLowerCase()} \`${plain(value)}\``;
  return `${TITLES[kind]}: \`${what}\` in \`${where}\`${release} (${count}×)`;
}

function plain(text: string): string {
  return oneLine(text).replaceAll("`", "'").replaceAll("<", "‹").replaceAll(">", "›");
}
