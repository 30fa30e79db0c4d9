/** Sends alerts to one address, in its service's own format, and says what came back. */
import { createHash } from "node:crypto";
import type { AlertFormat, AlertTarget } from "../../store/alert_target.ts";
import type { AlertReceiver, DueAlert } from "../../store/store.ts";
import { type Answer, answerOf } from "./answer.ts";
import type { AlertMessage } from "./message.ts";
import { decoded, quoted, secretsOf } from "./quoted.ts";

/** So long is one try. Far less than the lease of a message. */
export const TRY_TIMEOUT_MS = 10_000;
const KEY_CHARS = 24;

/** One message for one receiver. */
export interface Sending {
  message: AlertMessage;
  /** What it is about; nothing in a test message. */
  due?: DueAlert | undefined;
}

/** What a service takes over HTTP. */
export interface Format {
  /** Where the request goes. Default: to the address. */
  urlOf?(url: URL): URL;
  /** What is sent as JSON. `url` is the receiver's address. */
  bodyOf(sending: Sending & { url: URL }): unknown;
  /** Whether an answer of 2xx means that the message was taken. */
  isTaken(answer: Answer): boolean;
}

/** `refused` would be refused again tomorrow. */
export type Outcome =
  | { kind: "sent"; said: string }
  | { kind: "refused" | "failed"; why: string; pauseMs?: number | undefined };

export interface Receiver extends AlertReceiver {
  /** What it is called in messages. */
  readonly name: string;
  /** Never rejects. */
  send(sending: Sending, options: { signal: AbortSignal; timeoutMs?: number }): Promise<Outcome>;
}

/** Loaded when the first message is sent. */
const FORMATS: Readonly<Record<Exclude<AlertFormat, "mail">, () => Promise<{ format: Format }>>> = {
  slack: () => import("./slack.ts"),
  mattermost: () => import("./mattermost.ts"),
  discord: () => import("./discord.ts"),
  teams: () => import("./teams.ts"),
  telegram: () => import("./telegram.ts"),
  ntfy: () => import("./ntfy.ts"),
  json: () => import("./json.ts"),
};

export function receiverOf({ format, url, name, filters }: AlertTarget): Receiver {
  const address = new URL(url);
  const send: Receiver["send"] = async (sending, { signal, timeoutMs = TRY_TIMEOUT_MS }) => {
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), timeoutMs);
    try {
      const options = { address, signal: AbortSignal.any([signal, timeout.signal]) };
      if (format !== "mail") {
        return await post(sending, { ...options, format: (await FORMATS[format]()).format });
      }
      return await (await import("./mail.ts")).sendMail(sending, options);
    } catch (error) {
      const why = timeout.signal.aborted
        ? `no answer within ${timeoutMs} ms`
        : outOfReach(error as Error, address);
      return { kind: "failed", why };
    } finally {
      clearTimeout(timer);
    }
  };
  return { key: keyOf(format, url), name, filters, send };
}

/** The address is a secret, and its receiver has the same key in every process. */
function keyOf(format: AlertFormat, url: string): string {
  return createHash("sha256").update(`${format} ${url}`).digest("hex").slice(0, KEY_CHARS);
}

async function post(
  sending: Sending,
  { address, format, signal }: { address: URL; format: Format; signal: AbortSignal },
): Promise<Outcome> {
  const url = format.urlOf?.(address) ?? new URL(address);
  const headers = new Headers({ "content-type": "application/json" });
  if (url.username !== "" || url.password !== "") {
    headers.set(
      "authorization",
      `Basic ${base64(`${decoded(url.username)}:${decoded(url.password)}`)}`,
    );
    url.username = "";
    url.password = "";
  }
  const response = await fetch(url, {
    method: "POST",
    headers,
    body: JSON.stringify(format.bodyOf({ ...sending, url: address })),
    // Following a redirect would turn the POST into a GET.
    redirect: "manual",
    signal,
  });
  const answer = await answerOf(response);
  const said = quoted(answer.words, secretsOf(address));
  const words = said === "" ? "" : `: ${said}`;
  if (answer.isOk && format.isTaken(answer)) return { kind: "sent", said };
  if (answer.isOk) {
    // Its status says that all is well, its words do not: it may be so tomorrow.
    const why = said === "" ? " without a word of success" : ` with an error inside: ${said}`;
    return { kind: "failed", why: `it answered ${answer.status}${why}`, pauseMs: answer.pauseMs };
  }
  const why = `it answered ${answer.status}${words}`;
  return { kind: answer.isPassing ? "failed" : "refused", why, pauseMs: answer.pauseMs };
}

function outOfReach(error: Error, address: URL): string {
  const cause = (error.cause ?? error) as Error;
  if (cause instanceof Deno.errors.NotCapable) {
    return "it is out of reach: --allow-net does not name its host";
  }
  // A failed fetch's message has the address in brackets; what comes behind it is no secret.
  const [, reason] = /\): ([^]+)$/.exec(cause.message) ?? [];
  // A failed socket's message names the host too; its code does not: ECONNREFUSED, ENOTFOUND.
  const { code } = cause as { code?: unknown };
  const said = quoted(reason ?? (typeof code === "string" ? code : ""), secretsOf(address));
  return said === "" ? "it is out of reach" : `it is out of reach: ${said}`;
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

const COLORS: Readonly<Record<AlertMessage["kind"], number>> = {
  new: 0xc62828,
  back: 0xc62828,
  rising: 0xc62828,
  summary: 0xc62828,
  proved: 0x2e7d32,
  test: 0x607d8b,
};

/** Red, green or grey, as RGB. */
export function colorOf(kind: AlertMessage["kind"]): number {
  return COLORS[kind];
}
