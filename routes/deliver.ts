/** A request of another system's client on its way to the worker: read as it came, and paid for from a quota. */
import { MAX_NAME_CHARS } from "../store/limits.ts";
import type { Delivery, Protocol, Taken } from "../intake/intake.ts";
import { Failure } from "../modules/failure.ts";
import type { HonoContext } from "../modules/hono.ts";
import type { ValidKey } from "../store/intake_key.ts";
import { type BodyLimits, readBodyBytes, ReadingBudget } from "./body.ts";
import { unread } from "./body_kinds.ts";
import type { Exchange } from "./exchange.ts";
import { QUOTA, RECORD, UNREAD } from "./intake.ts";
import type { Tools } from "./tools.ts";

/** Bytes of a body as it is sent. What is unpacked has bounds of its own, in the worker. */
const MAX_SENT_BYTES = 20 * 1024 * 1024;
/** Of all bodies of one kind that are being read at the same time. */
const MAX_READING_BYTES = 64 * 1024 * 1024;
/** `Retry-After` of a 503. */
export const BUSY_SECONDS = "5";

/** Bodies that are being read: what strangers with a public key do does not keep out the services. */
export class DeliveryBudgets {
  readonly ofServices: ReadingBudget = new ReadingBudget(MAX_READING_BYTES);
  readonly ofStrangers: ReadingBudget = new ReadingBudget(MAX_READING_BYTES);
}

/** Who sends it. */
export interface Sender {
  key: ValidKey;
  /** What the service is called where the key does not say. */
  service: string;
  /** As it names itself. */
  client: string | undefined;
}

export interface Delivering {
  exchange: Exchange;
  sender: Sender;
  protocol: Protocol;
}

/** Takes one record from the quota, the first of a delivery. @throws {Failure} `too_many`; `sayWait` makes its headers. */
export function takeFirst(
  { key, service }: Sender,
  { exchange: { address }, tools, sayWait }: {
    exchange: Exchange;
    tools: Tools;
    sayWait: (seconds: number) => Record<string, string>;
  },
): void {
  const seconds = tools.intake.secondsToWait({ key, address, services: [service] });
  if (seconds === 0) return;
  const sentence = `more records a second than the key's quota, try again in ${seconds} s`;
  throw new Failure("too_many", sentence, { code: QUOTA, headers: sayWait(seconds) });
}

/** The body as it came. @throws {Failure} `too_large`, `slow_body` or `malformed`. */
export async function readSent(
  c: HonoContext,
  { tools, budget, admit }: {
    tools: Tools;
    budget: ReadingBudget;
    admit?: NonNullable<BodyLimits["admit"]>;
  },
): Promise<Uint8Array> {
  return await readBodyBytes(await unread(c), {
    maxBytes: MAX_SENT_BYTES,
    boundName: "of a delivery",
    timeoutMs: tools.requestTimeoutMs,
    budget,
    ...(admit && { admit }),
  });
}

export function budgetOf({ isPublic }: ValidKey, { deliveries }: Tools): ReadingBudget {
  return isPublic ? deliveries.ofStrangers : deliveries.ofServices;
}

/** Hands a body to the worker, and settles what it was worth. @throws {Failure} for what was not taken. */
export async function deliver(
  body: Uint8Array,
  { exchange, sender, protocol }: Delivering,
  tools: Tools,
): Promise<Extract<Taken, { status: 200 }>> {
  const { key, service, client } = sender;
  const { address, request: { headers } } = exchange;
  const delivery: Delivery = {
    protocol,
    body,
    encoding: headers.get("content-encoding") ?? undefined,
    contentType: headers.get("content-type") ?? undefined,
    service: key.service,
    reporter: key.id,
    otherwise: service,
    client,
    address,
    userAgent: headers.get("user-agent") ?? undefined,
    receivedMs: Date.now(),
    ...protocol === "security" && pageOf(exchange.request),
  };
  const taken = await tools.logging.take(delivery);
  if (taken.status !== 200) throw notTaken(taken);
  const { records } = taken;
  tools.intake.settle({ key, address, service, records });
  countTaken(taken, { ...sender, service: Object.keys(records)[0] ?? service }, tools);
  return taken;
}

/** `?sentry_environment=staging&sentry_release=1.2`: of a page that a policy protects, its address says it. */
function pageOf({ url }: Request): Pick<Delivery, "release" | "environment"> {
  const { searchParams: query } = new URL(url);
  const name = (key: string) => query.get(key)?.slice(0, MAX_NAME_CHARS) || undefined;
  return { release: name("sentry_release"), environment: name("sentry_environment") };
}

function countTaken(
  { records, counts }: Extract<Taken, { status: 200 }>,
  { service, client = "" }: Sender,
  { logging: { intakeCounts } }: Tools,
): void {
  for (const [name, quantity] of Object.entries<number>(records)) {
    const what = { outcome: "taken", category: RECORD, reason: "", quantity } as const;
    intakeCounts.addCount({ service: name, client, ...what });
  }
  for (const { reason = "", ...what } of counts) {
    intakeCounts.addCount({ client, ...what, service: what.service ?? service, reason });
  }
}

const KINDS = {
  400: "malformed",
  413: "too_large",
  415: "media_type",
  503: "unavailable",
} as const;

function notTaken({ status, code, sentence }: Exclude<Taken, { status: 200 }>): Failure {
  return new Failure(KINDS[status], sentence, { code });
}

/** What a key has sent and we have not taken, for those who ask why something has not arrived. */
export function countNotTaken(
  { code }: Failure,
  { key, service, client = "" }: Sender,
  { intake, logging }: Tools,
): void {
  intake.countRefused({ key: key.id, service, reason: code });
  const what = { outcome: "refused", category: UNREAD, reason: code, quantity: 1 } as const;
  logging.intakeCounts.addCount({ service, client, ...what });
}
