/**
 * What the records of one batch say of requests and releases, and how many there are of each level. A request is a record with a
 * route and a status: one of our own, or one that another service reports. Other records count without a route: whoever reports
 * them may make up any number of routes.
 */
import { cleanText } from "../errors/rows.ts";
import { cut } from "../limits.ts";
import type { DatedEntry } from "../log/dated.ts";
import { LEVELS } from "../record.ts";
import { headOf, type RecordHead } from "../store.ts";
import { BUCKET_COLUMNS, bucketOf } from "./buckets.ts";
import { MINUTE_MS } from "../times.ts";

/** From this status on, an answer is a failure. */
export const FAILED_STATUS = 500;

/**
 * Characters of the names that requests are counted by: services and releases as the log keeps them. All four stand in an index,
 * of which PostgreSQL takes 2,704 bytes a row, and a character has up to three.
 */
const MAX_NAME_CHARS = 256;
const MAX_ROUTE_CHARS = 200;
const MAX_ENVIRONMENT_CHARS = 128;

/** Counts of one route that are looked at for a record; one that is further back is begun again, and added up later. */
const MAX_LOOKED_AT = 8;

/** What requests are counted by; the empty text stands for none. */
export interface SeriesName {
  svc_name: string;
  route: string;
  release: string;
  environment: string;
}

/** The requests and records of one series within one minute. */
export interface MinuteCount extends SeriesName {
  /** Minutes since 1970. */
  minute: number;
  /** The route as errors have it, where that is longer. */
  wholeRoute?: string;
  requests: number;
  failures: number;
  /** A count a level, the mildest first, of all records. */
  levels: number[];
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
  // By route, and then one by one: a batch has few, and a key made of all names would have to be made for each record.
  const byRoute = new Map<string, Counted[]>();
  const releases = new Map<string, ReleaseCount>();
  for (const { entry, timeMs } of entries) {
    const head = headOf(entry);
    const seenMs = Math.min(timeMs, nowMs);
    const isAnswer = isRequest(head);
    const route = isAnswer ? head.route : "";
    const { count, release } = countedOf(byRoute, releases, { head, route, seenMs });
    const level = LEVELS.indexOf(head.level);
    if (level >= 0) count.levels[level]!++;
    if (release !== undefined) see(release, seenMs);
    if (!isAnswer) continue;
    const failures = head.status >= FAILED_STATUS ? 1 : 0;
    count.requests++;
    count.failures += failures;
    if (typeof head.duration_ms === "number") count.buckets[bucketOf(head.duration_ms)]!++;
    if (release === undefined) continue;
    release.requests++;
    release.failures += failures;
  }
  const minutes = [...byRoute.values()].flatMap((all) => all.map(({ count }) => count));
  return { minutes, releases: [...releases.values()] };
}

/** A count by minute, and the names as they came. */
interface Counted {
  head: RecordHead;
  count: MinuteCount;
  release: ReleaseCount | undefined;
}

function countedOf(
  byRoute: Map<string, Counted[]>,
  releases: Map<string, ReleaseCount>,
  { head, route, seenMs }: { head: RecordHead; route: string; seenMs: number },
): Counted {
  const { svc_name, release, environment } = head;
  const minute = Math.floor(seenMs / MINUTE_MS);
  let all = byRoute.get(route);
  if (all === undefined) byRoute.set(route, all = []);
  for (let i = all.length - 1; i >= Math.max(all.length - MAX_LOOKED_AT, 0); i--) {
    const known = all[i]!;
    const isSame = known.count.minute === minute && known.head.svc_name === svc_name &&
      known.head.release === release && known.head.environment === environment;
    if (isSame) return known;
  }
  const count = {
    svc_name: shortened(svc_name, MAX_NAME_CHARS),
    route: shortened(route, MAX_ROUTE_CHARS),
    release: shortened(release ?? "", MAX_NAME_CHARS),
    environment: shortened(environment ?? "", MAX_ENVIRONMENT_CHARS),
    minute,
    ...(route.length > MAX_ROUTE_CHARS && { wholeRoute: cleanText(route) }),
    requests: 0,
    failures: 0,
    levels: LEVELS.map(() => 0),
    buckets: BUCKET_COLUMNS.map(() => 0),
  };
  const added = { head, count, release: release ? releaseOf(releases, head, seenMs) : undefined };
  all.push(added);
  return added;
}

function see(count: ReleaseCount, seenMs: number): void {
  if (seenMs < count.first_seen) count.first_seen = seenMs;
  if (seenMs > count.last_seen) count.last_seen = seenMs;
}

function releaseOf(
  releases: Map<string, ReleaseCount>,
  { svc_name, release = "" }: RecordHead,
  seenMs: number,
): ReleaseCount {
  const key = `${svc_name}\n${release}`;
  let count = releases.get(key);
  if (count === undefined) {
    count = {
      svc_name: shortened(svc_name, MAX_NAME_CHARS),
      release: shortened(release, MAX_NAME_CHARS),
      first_seen: seenMs,
      last_seen: seenMs,
      requests: 0,
      failures: 0,
      came_back: 0,
    };
    releases.set(key, count);
  }
  return count;
}

function shortened(name: string, maxChars: number): string {
  return cleanText(cut(name, maxChars));
}
