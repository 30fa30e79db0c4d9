/**
 * The records before and after one. The store lists the newest first; so what came after is asked for in windows of time, each right
 * after the one before it, that grow while they bring little and shrink while they hold more than a page.
 */
import type { LogPage, LogQuery, LogRecord } from "../../logging/mod.ts";
import { address } from "../addresses.ts";

/** Records before, and as many after. */
export const EACH_SIDE = 15;
/** Mostly enough for those before, and the one in the middle. */
const FIRST_ROWS = 2 * EACH_SIDE;
const PAGE_ROWS = 100;
/** Mostly two are enough. Then what was found is shown: it is always what is nearest. */
const MAX_QUESTIONS = 40;
const FIRST_WINDOW_MS = 16;
const GROWTH = 8;
/** No record is later than this machine's clock by more. */
const AHEAD_MS = 5 * 60_000;

/** Where the record in the middle stands. */
export interface Place {
  /** Milliseconds since 1970. */
  timeMs: number;
  key: string;
}

/** What a record around another has to be. */
export type AroundFilter = Pick<LogQuery, "svc_name" | "own">;

interface Listing {
  listLogs(query: LogQuery): Promise<LogPage>;
}

export interface Around {
  /** The newest first, the one in the middle among them. */
  records: LogRecord[];
  /** Whether there are later ones: not so at the end of the log. */
  hasLater: boolean;
  hasEarlier: boolean;
  /** What the store says of records that it cannot read. */
  damaged?: string;
}

/** Unique in a store. */
export function keyOf({ boot_id, seq }: LogRecord): string {
  return `${boot_id}:${seq}`;
}

/** Records of the same service around this one; `parameters` are those of the page. */
export function aroundAddress(
  record: LogRecord,
  parameters: Readonly<Record<string, string | undefined>> = {},
): string {
  const around = `${Date.parse(record.time)}~${record.boot_id}~${record.seq}`;
  return `${address("/board/logs", { svc_name: record.svc_name, ...parameters, around })}#here`;
}

/** Undefined for a text that is none of {@linkcode aroundAddress}. */
export function readPlace(text: string): Place | undefined {
  const [, time, boot, seq] = /^(\d{1,15})~(.{1,200})~(\d{1,16})$/.exec(text) ?? [];
  return time === undefined ? undefined : { timeMs: Number(time), key: `${boot}:${seq}` };
}

/** Undefined where the record is not found, because it is not kept any more or does not fit the filter. */
export async function recordsAround(
  store: Listing,
  place: Place,
  { nowMs, filter }: { nowMs: number; filter: AroundFilter },
): Promise<Around | undefined> {
  const asking = new Asking(store, filter);
  const down = await asking.fromMiddleDown(place);
  if (down === undefined) return undefined;
  const { records, at, isEnd } = down;
  const earlier = records.slice(at, at + 1 + EACH_SIDE);
  const spanMs = place.timeMs - Date.parse(earlier.at(-1)!.time);
  const sameTime = records.slice(Math.max(0, at - EACH_SIDE), at);
  const missing = EACH_SIDE - sameTime.length;
  const later = missing === 0
    ? { records: [], isEnd: false }
    : await asking.after(place.timeMs, { missing, nowMs, windowMs: spanMs });
  return {
    records: [...later.records.slice(-missing), ...sameTime, ...earlier],
    hasLater: !later.isEnd,
    hasEarlier: !isEnd || records.length > at + 1 + EACH_SIDE,
    ...(asking.damaged !== undefined && { damaged: asking.damaged }),
  };
}

/** A bounded number of questions for one page. */
class Asking {
  readonly #store: Listing;
  readonly #filter: AroundFilter;
  #left = MAX_QUESTIONS;
  damaged: string | undefined;

  constructor(store: Listing, filter: AroundFilter) {
    this.#store = store;
    this.#filter = filter;
  }

  /** From the newest record of the same millisecond on, until those before the middle one are there. */
  async fromMiddleDown(
    { timeMs, key }: Place,
  ): Promise<{ records: LogRecord[]; at: number; isEnd: boolean } | undefined> {
    const records: LogRecord[] = [];
    let cursor: string | undefined;
    while (this.#left > 0) {
      const page = await this.#list({
        until: timeMs + 1,
        ...(cursor ? { cursor } : { limit: FIRST_ROWS }),
      });
      records.push(...page.items);
      const at = records.findIndex((record) => keyOf(record) === key);
      const isEnd = page.next === null;
      if (at >= 0 && (isEnd || records.length > at + EACH_SIDE)) return { records, at, isEnd };
      const isPast = records.length > 0 && Date.parse(records.at(-1)!.time) < timeMs;
      if (isEnd || (at < 0 && isPast)) return undefined;
      cursor = page.next!;
    }
    return undefined;
  }

  /** The first ones later than a time; the newest first. */
  async after(
    timeMs: number,
    { missing, nowMs, windowMs }: { missing: number; nowMs: number; windowMs: number },
  ): Promise<{ records: LogRecord[]; isEnd: boolean }> {
    let records: LogRecord[] = [];
    let since = timeMs + 1;
    let lengthMs = Math.max(windowMs, FIRST_WINDOW_MS);
    /** Up to here there are too many. */
    let fullMs = Infinity;
    while (this.#left > 0 && records.length < missing) {
      const isLast = since + lengthMs > nowMs + AHEAD_MS;
      const until = isLast ? nowMs + AHEAD_MS : since + lengthMs;
      const page = await this.#list(isLast ? { since } : { since, until });
      if (page.next !== null) {
        if (until - since <= 1) {
          return { records: [...await this.#restOf(since, page), ...records], isEnd: false };
        }
        fullMs = until;
      } else {
        records = [...page.items, ...records];
        if (isLast) return { records, isEnd: records.length <= missing };
        since = until;
        if (since >= fullMs) fullMs = Infinity;
      }
      lengthMs = fullMs === Infinity
        ? lengthMs * GROWTH
        : Math.max(1, Math.floor((fullMs - since) / 2));
    }
    return { records, isEnd: false };
  }

  /** All of one millisecond, whose first page is given; none where that is too many. */
  async #restOf(timeMs: number, first: LogPage): Promise<LogRecord[]> {
    const records = [...first.items];
    let { next } = first;
    while (next !== null) {
      if (this.#left === 0) return [];
      const page = await this.#list({ since: timeMs, until: timeMs + 1, cursor: next });
      records.push(...page.items);
      next = page.next;
    }
    return records;
  }

  async #list(query: Partial<LogQuery>): Promise<LogPage> {
    this.#left--;
    const page = await this.#store.listLogs({ limit: PAGE_ROWS, ...this.#filter, ...query });
    this.damaged ??= page.damaged;
    return page;
  }
}
