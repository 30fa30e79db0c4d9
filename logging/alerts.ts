/**
 * Tells a webhook of errors that are new or have come back.
 *
 * Which process tells is decided in the store, so that of many one does: at most once per error and five minutes. More than a
 * few in a minute are one summary. A receiver that is down is tried again for a while; what waits meanwhile becomes a summary
 * too, so that the queue stays short. A failure is a log record at WARN: it opens no error, and so never alerts.
 *
 * @module
 */
import { cut } from "./limits.ts";
import { oneLine } from "./one_line.ts";
import { pause } from "./pause.ts";
import type { Alert, ErrorSummary, StoreReads } from "./store/store.ts";

/** An error is told of at most once in this time. */
export const QUIET_MS = 5 * 60 * 1000;
/** More messages than these within a minute are one summary. */
export const MAX_A_MINUTE = 10;
const MINUTE_MS = 60 * 1000;
/** Alerts that wait, at most; further ones are counted in the summary. */
const MAX_WAITING = 1_000;
/** Errors that a summary carries. */
const MAX_IN_SUMMARY = 20;
/** A message is given up after so many tries … */
const MAX_TRIES = 6;
/** … each a longer pause after the one before: 2 s, then twice as long each time, a minute in all. */
const FIRST_RETRY_MS = 2_000;
const TRY_TIMEOUT_MS = 10_000;
const MAX_TEXT_CHARS = 200;

/** What a webhook is sent, as JSON. */
export interface AlertMessage {
  /** One sentence: what chat programs show. */
  text: string;
  /** The error it is about; null in a summary. */
  error: ErrorSummary | null;
  /** In a summary, the first errors of it. */
  errors?: ErrorSummary[];
}

/** What alerting needs. */
export interface AlertsOptions {
  /** Gets a JSON POST. A secret: it is never logged. */
  url: string;
  /** Decides who tells. */
  store: Pick<StoreReads, "claimAlert">;
  /** Told, in one sentence, when a message could not be delivered. */
  onTrouble: (sentence: string) => void;
  /** Pause before the second try, in milliseconds. */
  firstRetryMs?: number;
  /** Time of one try, in milliseconds. */
  tryTimeoutMs?: number;
  /** What counts as a minute, in milliseconds. */
  minuteMs?: number;
}

/** Takes alerts and delivers messages, one after the other. */
export class Alerts {
  readonly #options: Required<AlertsOptions>;
  readonly #closing = new AbortController();
  readonly #over = new AbortController();
  #waiting: Alert[] = [];
  #untold = 0;
  #sentMs: number[] = [];
  #lastSummaryMs = -Infinity;
  #work: Promise<void> | undefined;

  /** Does nothing until it takes an alert. */
  constructor(options: AlertsOptions) {
    this.#options = {
      firstRetryMs: FIRST_RETRY_MS,
      tryTimeoutMs: TRY_TIMEOUT_MS,
      minuteMs: MINUTE_MS,
      ...options,
    };
  }

  /** Takes what a write has brought. Returns at once. */
  take(alerts: readonly Alert[]): void {
    if (this.#closing.signal.aborted) return;
    const room = MAX_WAITING - this.#waiting.length;
    this.#waiting.push(...alerts.slice(0, room));
    this.#untold += Math.max(alerts.length - room, 0);
    this.#work ??= this.#deliver().finally(() => this.#work = undefined);
  }

  /** Tries what waits once more, without pauses, and gives the rest up at the deadline. */
  async close({ deadlineMs }: { deadlineMs: number }): Promise<void> {
    this.#closing.abort();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, deadlineMs));
    await Promise.race([this.#work, late]);
    clearTimeout(timer);
    this.#over.abort();
    await this.#work;
  }

  async #deliver(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#over.signal.aborted) {
      const now = performance.now();
      const { minuteMs } = this.#options;
      this.#sentMs = this.#sentMs.filter((sentMs) => now - sentMs < minuteMs);
      const isStorm = this.#waiting.length + this.#untold > MAX_A_MINUTE - this.#sentMs.length;
      const restMs = this.#lastSummaryMs + minuteMs - now;
      if (!isStorm) await this.#tellOne(this.#waiting.shift()!);
      else if (restMs <= 0 || this.#closing.signal.aborted) await this.#tellSummary();
      else await pause(restMs, this.#closing.signal);
    }
  }

  async #tellOne(alert: Alert): Promise<void> {
    if (!await this.#claim(alert)) return;
    const { kind, error } = alert;
    await this.#send({ text: `${TITLES[kind]}: ${sentenceOf(error)}`, error });
  }

  async #tellSummary(): Promise<void> {
    const alerts = this.#waiting.splice(0);
    const claims = await Promise.all(alerts.map((alert) => this.#claim(alert)));
    const errors = alerts.filter((_, i) => claims[i]).map(({ error }) => error);
    const count = errors.length + this.#untold;
    this.#untold = 0;
    this.#lastSummaryMs = performance.now();
    if (count === 0) return;
    const first = errors[0] === undefined ? "" : `, the first is ${sentenceOf(errors[0])}`;
    await this.#send({
      text: `${count} errors are new or have come back${first}`,
      error: null,
      errors: errors.slice(0, MAX_IN_SUMMARY),
    });
  }

  /** A store that cannot be asked must not silence the alert. */
  async #claim({ error }: Alert): Promise<boolean> {
    const claim = { now: Date.now(), quietMs: QUIET_MS };
    return await this.#options.store.claimAlert(error.id, claim).catch(() => true);
  }

  async #send(message: AlertMessage): Promise<void> {
    this.#sentMs.push(performance.now());
    const { firstRetryMs, onTrouble } = this.#options;
    const body = JSON.stringify(message);
    let trouble = "";
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const isLast = this.#closing.signal.aborted;
      trouble = await this.#post(body);
      if (trouble === "") return;
      if (isLast) break;
      await pause(firstRetryMs * 2 ** tries, this.#closing.signal);
    }
    onTrouble(`An alert could not be delivered to ALERT_WEBHOOK_URL: ${trouble}`);
  }

  /** What went wrong; empty when it was taken. */
  async #post(body: string): Promise<string> {
    const { url, tryTimeoutMs } = this.#options;
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), tryTimeoutMs);
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
        // A redirect would turn it into a GET: better told than lost.
        redirect: "manual",
        signal: AbortSignal.any([timeout.signal, this.#over.signal]),
      });
      await response.body?.cancel();
      return response.ok ? "" : `it answered ${response.status}`;
    } catch {
      // What a failed fetch says holds the address, which is a secret.
      if (this.#over.signal.aborted) return "the process ends";
      return timeout.signal.aborted ? `no answer within ${tryTimeoutMs} ms` : "it is out of reach";
    } finally {
      clearTimeout(timer);
    }
  }
}

const TITLES = { new: "New error", back: "Error is back" } as const;

/**
 * For people in a chat: strangers wrote the message, so it is set as code, on one line, and without what chat programs read as
 * links and mentions.
 */
function sentenceOf(
  { type, message, svc_name, location, last_release, count }: ErrorSummary,
): string {
  const what = plain(cut(`${type}: ${message}`, MAX_TEXT_CHARS));
  const where = plain(cut(`${location}, ${svc_name}`, MAX_TEXT_CHARS));
  const release = last_release === null ? "" : `, release \`${plain(last_release)}\``;
  return `\`${what}\` in \`${where}\`${release} (${count}×)`;
}

function plain(text: string): string {
  return oneLine(text).replaceAll("`", "'").replaceAll("<", "‹").replaceAll(">", "›");
}
