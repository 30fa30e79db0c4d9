/**
 * `deno task seed STORE_URL`: fills a store with errors and occurrences as they come in life, to see how lists and searches
 * behave when they are long. Every record takes the way of a real one: redacted, fingerprinted, written.
 */
import { parseArgs } from "node:util";
import type { RawRecord } from "../logging/queue/batch.ts";
import { createEncoder } from "../logging/records/encode.ts";
import { toEntry } from "../logging/engine/entry.ts";
import { uuidv7 } from "../store/ids.ts";
import { SEVERITY } from "../store/record.ts";
import { openStore } from "../store/open.ts";
import type { Entry, Store } from "../store/store.ts";
import { helpOnDemand } from "./help.ts";

const DEFAULT_ERRORS = 100_000;
const DEFAULT_OCCURRENCES = 1_000_000;
const BATCH_ENTRIES = 500;
const REPORT_EVERY = 50_000;
const DAY_MS = 24 * 60 * 60 * 1000;
/** What the seeded time spans, up to now. */
const SPAN_MS = 30 * DAY_MS;
/** Of a hundred errors, so many are resolved, and so many muted. */
const RESOLVED_PERCENT = 30;
const MUTED_PERCENT = 5;
/** How unequal errors are: the higher, the more often the first ones happen. */
const SKEW = 3;
/** Where the failing app stands. */
const ORIGIN = { root: "/srv/shop/", packageRoot: "/srv/holdfast/" };
/** Errors asked for at once. */
const PAGE_ROWS = 100;

const USAGE = "deno task seed STORE_URL [--errors=100000] [--occurrences=1000000], " +
  "for example deno task seed sqlite:./data/seeded.db";

const USERS = 20_000;
const BROWSERS = ["Firefox", "Chrome", "Safari", "Edge"];
const SERVICES = ["/home", "/orders", "/orders/:id", "/login", "shop", "till", "mailer", "search"];
const TYPES = "TypeError RangeError Error ConnectionRefused SyntaxError QuotaError".split(" ");
const NOUNS = ["cart", "price", "invoice", "customer", "voucher", "parcel", "stock", "session"];
const VERBS = ["load", "save", "parse", "send", "charge", "render", "merge", "check"];

/** How much is seeded. */
export interface SeedOptions {
  errors: number;
  /** Occurrences of them all. */
  occurrences: number;
  /** Gets a sentence now and then: how far it is. */
  report: (sentence: string) => void;
}

if (import.meta.main) await main();

async function main(): Promise<void> {
  helpOnDemand(USAGE, Deno.args);
  const { values, positionals } = readArguments();
  const errors = Number(values.errors ?? DEFAULT_ERRORS);
  const occurrences = Number(values.occurrences ?? DEFAULT_OCCURRENCES);
  const [url] = positionals;
  if (url === undefined || !(errors >= 1) || !(occurrences >= errors)) {
    console.error(USAGE);
    Deno.exit(2);
  }
  // A month of errors, opened at once.
  const store = await openStore(url, { newErrorsAnHour: Infinity });
  await seed(store, { errors, occurrences, report: console.log });
  await store.close();
}

function readArguments() {
  try {
    return parseArgs({
      args: Deno.args,
      options: { errors: { type: "string" }, occurrences: { type: "string" } },
      allowPositionals: true,
    });
  } catch {
    console.error(USAGE);
    Deno.exit(2);
  }
}

/** Fills a store: occurrences in the order of their times over the last 30 days, then some errors resolved and muted. */
export async function seed(
  store: Store,
  { errors, occurrences, report }: SeedOptions,
): Promise<void> {
  const startMs = performance.now();
  const random = randomNumbers(1);
  const nowMs = Date.now();
  const encoder = createEncoder({ bootId: uuidv7(), instance: "seed" });
  let known = 0;
  let batch: Entry[] = [];
  for (let i = 0; i < occurrences; i++) {
    // Errors begin all along the way, and the last one in time.
    const isNew = known === 0 || known < errors * ((i + 1) / occurrences);
    const error = isNew ? known++ : Math.floor(known * random() ** SKEW);
    const timeMs = nowMs - SPAN_MS * (1 - (i + 1) / occurrences) ** 2;
    batch.push(toEntry(encoder.encode(rawRecord({ error, seq: i + 1, timeMs, random })), {
      origin: ORIGIN,
      code: ORIGIN,
    }));
    if (batch.length < BATCH_ENTRIES && i + 1 < occurrences) continue;
    await store.write(batch);
    batch = [];
    if ((i + 1) % REPORT_EVERY === 0 || i + 1 === occurrences) report(progress(i + 1, known));
  }
  await settle(store, { report, random });

  function progress(done: number, opened: number): string {
    const seconds = (performance.now() - startMs) / 1000;
    return `${done} of ${occurrences} occurrences, ${opened} errors, ` +
      `${Math.round(done / seconds)} a second`;
  }
}

interface Happening {
  /** Which error, from 0. */
  error: number;
  seq: number;
  timeMs: number;
  random: () => number;
}

/** The same error always breaks at the same place; ids, amounts and releases vary. */
function rawRecord({ error, seq, timeMs, random }: Happening): RawRecord {
  const pick = <T>(list: readonly T[], salt: number) => list[(error * salt) % list.length]!;
  const type = pick(TYPES, 7);
  const verb = pick(VERBS, 5);
  const noun = pick(NOUNS, 3);
  const svcName = pick(SERVICES, 11);
  const id = Math.floor(random() * 1_000_000);
  const message = random() < 0.8
    ? `cannot ${verb} ${noun} ${id}`
    : `cannot ${verb} ${noun} ${id} of ${uuidv7()}: timed out after ${
      Math.floor(random() * 900)
    } ms`;
  const name = `${verb}${noun[0]!.toUpperCase()}${noun.slice(1)}`;
  const stack = [
    `${type}: ${message}`,
    `    at ${name}${error} (file:///srv/shop/${noun}s/${verb}_${error % 500}.ts:${
      error % 300
    }:11)`,
    `    at async handle (file:///srv/shop/${noun}s/mod.ts:${error % 90}:5)`,
    "    at async dispatch (npm:hono@4/compose.js:22:17)",
  ].join("\n");
  const isRequest = svcName.startsWith("/");
  const path = `${svcName.replace(":id", String(id))}?page=${id % 9}`;
  return {
    seq,
    timeMs: Math.floor(timeMs),
    severity: error % 50 === 0 ? SEVERITY.CRITICAL : SEVERITY.ERROR,
    svcName: isRequest ? "holdfast" : svcName,
    module: isRequest ? svcName : null,
    message: `${type}: ${message}`,
    requestId: isRequest ? crypto.randomUUID() : null,
    traceId: null,
    spanId: null,
    method: isRequest ? "GET" : null,
    route: isRequest ? svcName : null,
    path: isRequest ? path : null,
    status: isRequest ? 500 : null,
    durationMs: isRequest ? Math.round(random() * 90_000) / 1000 : null,
    input: JSON.stringify({ page: id % 9, [noun]: { id, amount: Math.round(random() * 9_999) } }),
    output: JSON.stringify({ content: `[Error] InternalError: ${message}`, status: 500 }),
    errorId: uuidv7(),
    error: JSON.stringify({ type, message, stack }),
    attrs: null,
    release: `1.${Math.floor(timeMs / DAY_MS) % 30}.0`,
    environment: id % 10 === 0 ? "staging" : "production",
    user: JSON.stringify({ id: `user-${id % USERS}` }),
    tags: JSON.stringify({ browser: BROWSERS[id % BROWSERS.length] }),
    handled: null,
    more: null,
    flags: 0,
  };
}

async function settle(
  store: Store,
  { report, random }: { report: (sentence: string) => void; random: () => number },
): Promise<void> {
  let resolved = 0;
  let muted = 0;
  let cursor: string | undefined;
  do {
    const page = await store.listErrors({ limit: PAGE_ROWS, ...(cursor && { cursor }) });
    const dice = page.items.map(({ id }) => ({ id, percent: random() * 100 }));
    const chosen = (from: number, percents: number) =>
      dice.filter(({ percent }) => percent >= from && percent < from + percents)
        .map(({ id }) => id);
    resolved +=
      (await store.change(chosen(0, RESOLVED_PERCENT), { action: "resolve", release: "1.30.0" }))
        .length;
    muted +=
      (await store.change(chosen(RESOLVED_PERCENT, MUTED_PERCENT), { action: "mute" })).length;
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  report(`${resolved} errors resolved, ${muted} muted`);
}

/** Mulberry32: the same numbers, 0 to 1, for the same start, so that two runs can be compared. */
function randomNumbers(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
