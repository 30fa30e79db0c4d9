/**
 * Tells a webhook of errors that are new or have come back.
 *
 * What is to be told waits in the store, which also decides who tells it and when (store/outbox.ts): of many processes one, at
 * most once per error and five minutes, a storm in one summary. So a process that dies loses nothing. A failure to send is a
 * log record at WARN: it opens no error, and so is never told itself.
 *
 * @module
 */
import { cut } from "../store/limits.ts";
import { oneLine } from "../store/one_line.ts";
import { pause } from "./pause.ts";
import { MAX_TRIES } from "../store/outbox.ts";
import type { DueAlert, ErrorSummary, StoreReads } from "../store/store.ts";

/** A store with nothing to tell is asked this often, for what processes that have died or have no webhook left. */
const POLL_MS = 15_000;
/** After something was noted, so that the first errors of a storm are in its summary. */
const GATHER_MS = 500;
/** After a question that the store could not answer. */
const RETRY_MS = 1_000;
/** Between two questions at least, where nothing was to be sent. */
const MIN_REST_MS = 100;
/** Less than the lease of a message by far. */
const TRY_TIMEOUT_MS = 10_000;
const MAX_TEXT_CHARS = 200;

/** What a webhook is sent, as JSON. */
export interface AlertMessage {
  /** The same when the same message comes twice: a process may die between sending it and noting so. */
  id: string;
  /** One sentence: what chat programs show. */
  text: string;
  /** Where the error is on the board, or in a summary the list; absent without `PUBLIC_URL`. */
  url?: string;
  /** The error it is about; null in a summary. */
  error: ErrorSummary | null;
  /** In a summary, how many errors it is about. */
  count?: number;
  /** In a summary, the first of them. */
  errors?: ErrorSummary[];
}

/** What alerting needs. */
export interface AlertsOptions {
  /** Gets a JSON POST. A secret: it is never logged. */
  url: string;
  /** The board's address; links begin with it. Default: no links. */
  boardUrl?: string;
  /** Holds what is to be told. */
  store: Pick<StoreReads, "takeAlert" | "settleAlert">;
  /** Told, in one sentence, when messages cannot be delivered. */
  onTrouble: (sentence: string) => void;
  /** Time of one try, in milliseconds. */
  tryTimeoutMs?: number;
  /** How long after a nudge it looks, in milliseconds. */
  gatherMs?: number;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** Delivers what waits in the store, one message after the other. */
export class Alerts {
  readonly #options: Required<Omit<AlertsOptions, "boardUrl">>;
  readonly #boardUrl: string | undefined;
  readonly #closing = new AbortController();
  readonly #over = new AbortController();
  readonly #work: Promise<void>;
  /** Ends with a nudge. */
  #sleep = new AbortController();
  #isFailing = false;

  /** Begins at once: an earlier process may have left something to tell. */
  constructor({ boardUrl, ...options }: AlertsOptions) {
    this.#boardUrl = boardUrl;
    this.#options = {
      tryTimeoutMs: TRY_TIMEOUT_MS,
      gatherMs: GATHER_MS,
      now: Date.now,
      ...options,
    };
    this.#work = this.#run();
  }

  /** Something was noted. Returns at once. */
  nudge(): void {
    this.#sleep.abort();
  }

  /** Sends what is due, and gives up at the deadline: the rest waits in the store for another process. */
  async close({ deadlineMs }: { deadlineMs: number }): Promise<void> {
    this.#closing.abort();
    this.nudge();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, deadlineMs));
    await Promise.race([this.#work, late]);
    clearTimeout(timer);
    this.#over.abort();
  }

  async #run(): Promise<void> {
    const { now, gatherMs } = this.#options;
    while (true) {
      const isLast = this.#closing.signal.aborted;
      this.#sleep = new AbortController();
      const nextMs = await this.#tellDue();
      if (isLast) return;
      const restMs = Math.max((nextMs ?? Infinity) - now(), MIN_REST_MS);
      await pause(Math.min(restMs, POLL_MS), this.#sleep.signal);
      if (this.#sleep.signal.aborted) await pause(gatherMs, this.#closing.signal);
    }
  }

  /** Says when to look again, milliseconds since 1970; null: when something is noted. */
  async #tellDue(): Promise<number | null> {
    const { store, now } = this.#options;
    while (!this.#over.signal.aborted) {
      const turn = await store.takeAlert({ now: now() }).catch(() => undefined);
      if (turn === undefined) return now() + RETRY_MS;
      if (turn.due === null) return turn.nextMs;
      await this.#tell(turn.due);
    }
    return null;
  }

  async #tell(due: DueAlert): Promise<void> {
    const outcome = await this.#post(messageOf(due, this.#boardUrl));
    // Whether it has arrived nobody knows: it is sent again, by whoever is next.
    if (this.#over.signal.aborted) return;
    const isGivenUp = outcome.kind === "refused" && due.tries >= MAX_TRIES;
    this.#report(outcome, isGivenUp);
    await this.#settle(due.id, outcome.kind === "told" || isGivenUp);
  }

  #report(outcome: Outcome, isGivenUp: boolean): void {
    const { onTrouble } = this.#options;
    const isFirst = !this.#isFailing;
    this.#isFailing = outcome.kind !== "told";
    if (outcome.kind === "told") return;
    const sentence = `An alert could not be delivered to ALERT_WEBHOOK_URL: ${outcome.why}`;
    if (isGivenUp) onTrouble(`${sentence}. It is given up after ${MAX_TRIES} tries`);
    else if (isFirst) onTrouble(`${sentence}. It is tried again`);
  }

  /** Until the store knows: what it does not know to be told is sent again. */
  async #settle(id: string, isTold: boolean): Promise<void> {
    const { store, now } = this.#options;
    const settled = () =>
      store.settleAlert(id, { isTold, now: now() }).then(() => true, () => false);
    while (!await settled() && !this.#closing.signal.aborted) {
      await pause(RETRY_MS, this.#closing.signal);
    }
  }

  async #post(message: AlertMessage): Promise<Outcome> {
    const { url, tryTimeoutMs } = this.#options;
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), tryTimeoutMs);
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(message),
        // A redirect would turn it into a GET: better told than lost.
        redirect: "manual",
        signal: AbortSignal.any([timeout.signal, this.#over.signal]),
      });
      await response.body?.cancel();
      return outcomeOf(response);
    } catch {
      // What a failed fetch says holds the address, which is a secret.
      const isLate = timeout.signal.aborted;
      return {
        kind: "failed",
        why: isLate ? `no answer within ${tryTimeoutMs} ms` : "it is out of reach",
      };
    } finally {
      clearTimeout(timer);
    }
  }
}

/** What came of a try. What was refused would be refused again tomorrow. */
type Outcome = { kind: "told" } | { kind: "refused" | "failed"; why: string };

/** Statuses below 500 that ask for another try: https://www.rfc-editor.org/rfc/rfc9110#status.408, RFC 8470 and RFC 6585. */
const PASSING = [408, 425, 429];

function outcomeOf({ ok, status }: Response): Outcome {
  if (ok) return { kind: "told" };
  const isPassing = status >= 500 || PASSING.includes(status);
  return { kind: isPassing ? "failed" : "refused", why: `it answered ${status}` };
}

const TITLES = { new: "New error", back: "Error is back" } as const;

function messageOf(
  { id, isSummary, count, alerts }: DueAlert,
  boardUrl: string | undefined,
): AlertMessage {
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
 * For people in a chat: strangers wrote the message, so it is set as code, on one line, and without what chat programs read as
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
