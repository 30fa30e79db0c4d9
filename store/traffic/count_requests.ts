/**
 * What the records of one batch say of requests and releases. A request is a record with a route and a status: one of our own, or
 * one that another service reports.
 */
import { cleanText } from "../errors/rows.ts";
import { cut } from "../limits.ts";
import type { DatedEntry } from "../log/dated.ts";
import { headOf, type RecordHead } from "../store.ts";
import { BUCKET_COLUMNS, bucketOf } from "./buckets.ts";

/** From this status on, an answer is a failure. */
export const FAILED_STATUS = 500;

/**
 * Characters of the names that requests are counted by: services and releases as the log keeps them. All four stand in an index,
 * of which PostgreSQL takes 2,704 bytes a row, and a character has up to three.
 */
const MAX_NAME_CHARS = 256;
const MAX_ROUTE_CHARS = 200;
const MAX_ENVIRONMENT_CHARS = 128;

const MINUTE_MS = 60 * 1000;

/** What requests are counted by; the empty text stands for none. */
export interface SeriesName {
  svc_name: string;
  route: string;
  release: string;
  environment: string;
}

/** The requests of one series within one minute. */
export interface MinuteCount extends SeriesName {
  /** Minutes since 1970. */
  minute: number;
  requests: number;
  failures: number;
  /** A count a bucket; a request whose duration is not known is in none. */
  buckets: number[];
}

/** What a batch says of a release. */
export interface ReleaseCount {
  svc_name: string;
  release: string;
  /** When its oldest and newest records were made, milliseconds since 1970. */
  first_seen: number;
  last_seen: number;
  requests: number;
  failures: number;
  /** Errors that came back in it. */
  came_back: number;
}

export interface BatchTraffic {
  minutes: MinuteCount[];
  releases: ReleaseCount[];
}

/** Whether a record is one of a request that was answered. */
export function isRequest(
  head: RecordHead,
): head is RecordHead & { route: string; status: number } {
  return typeof head.status === "number" && typeof head.route === "string";
}

/** Counts each entry once. A clock that is ahead counts as this one's. */
export function countRequests(entries: readonly DatedEntry[], nowMs: number): BatchTraffic {
  const minutes = new Map<string, MinuteCount>();
  const releases = new Map<string, ReleaseCount>();
  for (const { entry, timeMs } of entries) {
    const head = headOf(entry);
    const seenMs = Math.min(timeMs, nowMs);
    const asked = isRequest(head);
    const hasFailed = asked && head.status >= FAILED_STATUS;
    if (asked) {
      const count = minuteOf(minutes, head, Math.floor(seenMs / MINUTE_MS));
      count.requests++;
      if (hasFailed) count.failures++;
      if (typeof head.duration_ms === "number") count.buckets[bucketOf(head.duration_ms)]!++;
    }
    if (head.release === undefined || head.release === "") continue;
    const count = releaseOf(releases, head, seenMs);
    if (asked) count.requests++;
    if (hasFailed) count.failures++;
  }
  return { minutes: [...minutes.values()], releases: [...releases.values()] };
}

function minuteOf(
  minutes: Map<string, MinuteCount>,
  { svc_name, route = "", release = "", environment = "" }: RecordHead,
  minute: number,
): MinuteCount {
  const key = `${minute}\n${svc_name}\n${route}\n${release}\n${environment}`;
  let count = minutes.get(key);
  if (count === undefined) {
    count = {
      svc_name: shortened(svc_name, MAX_NAME_CHARS),
      route: shortened(route, MAX_ROUTE_CHARS),
      release: shortened(release, MAX_NAME_CHARS),
      environment: shortened(environment, MAX_ENVIRONMENT_CHARS),
      minute,
      requests: 0,
      failures: 0,
      buckets: BUCKET_COLUMNS.map(() => 0),
    };
    minutes.set(key, count);
  }
  return count;
}

function releaseOf(
  releases: Map<string, ReleaseCount>,
  { svc_name, release = "" }: RecordHead,
  seenMs: number,
): ReleaseCount {
  const key = `${svc_name}\n${release}`;
  const known = releases.get(key);
  if (known !== undefined) {
    known.first_seen = Math.min(known.first_seen, seenMs);
    known.last_seen = Math.max(known.last_seen, seenMs);
    return known;
  }
  const count = {
    svc_name: shortened(svc_name, MAX_NAME_CHARS),
    release: shortened(release, MAX_NAME_CHARS),
    first_seen: seenMs,
    last_seen: seenMs,
    requests: 0,
    failures: 0,
    came_back: 0,
  };
  releases.set(key, count);
  return count;
}

function shortened(name: string, maxChars: number): string {
  return cleanText(cut(name, maxChars));
}
