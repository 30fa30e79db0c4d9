/** What a receiver answered over HTTP. */

/** So much of an answer is read: the words in it, and no flood. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** Statuses below 500 that allow a retry: https://www.rfc-editor.org/rfc/rfc9110#status.408, RFC 8470 and RFC 6585. */
const PASSING = [408, 425, 429];

export interface Answer {
  status: number;
  isOk: boolean;
  /** The same may be taken later. */
  isPassing: boolean;
  text: string;
  /** The text as JSON; undefined where it is none. */
  json: unknown;
  /** What it says in a few words: of JSON the field for people. */
  words: string;
  /** How long it wants to be left alone. */
  pauseMs: number | undefined;
}

export async function answerOf(response: Response): Promise<Answer> {
  const text = await startOf(response);
  const json = parsed(text);
  const { status, ok } = response;
  return {
    status,
    isOk: ok,
    isPassing: status >= 500 || PASSING.includes(status),
    text,
    json,
    words: wordsOf(json) ?? text,
    pauseMs: pauseOf(response.headers.get("retry-after"), json),
  };
}

/** Its beginning as text; the rest is not waited for. */
export async function startOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  // `break` cancels the rest.
  for await (const part of response.body ?? []) {
    text += decoder.decode(part, { stream: true });
    bytes += part.length;
    if (bytes > MAX_ANSWER_BYTES) break;
  }
  return text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Telegram says `description`, ntfy `error`, Discord and Mattermost `message`, Azure `error.message`. */
function wordsOf(json: unknown): string | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  const { description, message, error } = json as Record<string, unknown>;
  const inside = typeof error === "object" ? wordsOf(error) : undefined;
  return [description, message, inside, error].find((word) => typeof word === "string") as
    | string
    | undefined;
}

/** Seconds, or a date (RFC 9110, 10.2.3). Telegram and Discord say seconds in the body as well. */
function pauseOf(header: string | null, json: unknown): number | undefined {
  const { retry_after, parameters } = (json ?? {}) as {
    retry_after?: unknown;
    parameters?: { retry_after?: unknown };
  };
  const inside = [parameters?.retry_after, retry_after].find((value) => typeof value === "number");
  const seconds = header !== null && /^\d+(\.\d+)?$/.test(header) ? Number(header) : inside as
    | number
    | undefined;
  if (seconds !== undefined) return Math.max(Math.ceil(seconds * 1000), 0);
  const atMs = header === null ? NaN : Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.max(atMs - Date.now(), 0);
}
