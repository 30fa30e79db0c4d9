/**
 * What an error's resolution in a release means for its occurrences. The release decides, and not the clock of who reports: an
 * instance that still runs an older one brings nothing back. An error that the next release is to fix waits for that release.
 */
import type { Session, Statement } from "../drivers/database.ts";
import { versionOrder } from "../traffic/version.ts";
import { isSince, MAX_AHEAD_MS } from "../times.ts";
import { cleanText, type ErrorRow, historyEntries } from "./rows.ts";
import { type Failure, seenMs } from "./tally.ts";

/** A release, as the store knows it. */
export interface KnownRelease {
  /** Counts up in the order of first appearance. */
  id: number;
  svc_name: string;
  release: string;
}

/** The number of a service's release; undefined for one beyond the bound of releases. */
export type RankOf = (name: { svc_name: string; release: string }) => number | undefined;

/** Whether an occurrence brings its resolved error back. */
export function isAfterFix(
  error: ErrorRow,
  failure: Failure,
  { rankOf, nowMs }: { rankOf: RankOf; nowMs: number },
): boolean {
  const { resolved_at, resolved_in, resolved_next, svc_name } = error;
  if (resolved_at === null) return false;
  const { record } = failure.entry;
  const release = cleanText(record.release ?? "");
  const isInRelease = resolved_in !== null || resolved_next === 1;
  // Releases of two services have no order; a merge may have brought occurrences of both.
  if (!isInRelease || release === "" || cleanText(record.svc_name) !== svc_name) {
    return isSince(seenMs(failure, nowMs), { momentMs: resolved_at, nowMs });
  }
  return !isOlder(release, error, rankOf({ svc_name, release }));
}

/** Whether a release came before the one that fixes an error. */
function isOlder(
  release: string,
  { resolved_in, resolved_rank }: Pick<ErrorRow, "resolved_in" | "resolved_rank">,
  rank: number | undefined,
): boolean {
  // The next one has not come.
  if (resolved_in === null) return true;
  const order = versionOrder(release, resolved_in);
  if (order !== undefined) return order < 0;
  // What was never seen is newer than all that were.
  if (resolved_rank === null) return true;
  return rank !== undefined && rank < resolved_rank;
}

/** An error whose release has not been seen; in the words of the index. */
const IS_WAITING = `resolved_at is not null and resolved_rank is null
  and (resolved_next = 1 or resolved_in is not null)`;

/** In the order in which writers lock errors. Values: services. */
export const WITHOUT_FIX = `
  select id, svc_name, last_release, resolved_at, resolved_in, resolved_next from holdfast.errors
  where ${IS_WAITING} and svc_name = any ($1) order by id for update`;

type WaitingRow = Pick<
  ErrorRow,
  "id" | "svc_name" | "last_release" | "resolved_at" | "resolved_in" | "resolved_next"
>;

const SETTLE = `
  update holdfast.errors set
    resolved_in = given.resolved_in, resolved_rank = given.resolved_rank, resolved_next = 0
  from json_to_recordset($1) as given (id bigint, resolved_in text, resolved_rank bigint)
  where errors.id = given.id`;

/**
 * Gives errors that wait for a release the one that has come with this batch. Part of a transaction, before its failures are
 * recorded. Says whether there were any.
 */
export async function settleFixes(
  session: Session,
  appeared: readonly (KnownRelease & { last_seen: number })[],
  nowMs: number,
): Promise<boolean> {
  if (appeared.length === 0) return false;
  const services = [...new Set(appeared.map(({ svc_name }) => svc_name))];
  const rows = await session.all<WaitingRow>(WITHOUT_FIX, [services]);
  const inOrder = appeared.toSorted((a, b) => a.id - b.id);
  const settled = rows.flatMap((row) => {
    const fix = inOrder.find((release) => isFix(release, row));
    return fix === undefined ? [] : [{ row, fix }];
  });
  if (settled.length === 0) return false;
  await session.batch([
    {
      sql: SETTLE,
      values: [JSON.stringify(settled.map(({ row: { id }, fix }) => (
        { id, resolved_in: fix.release, resolved_rank: fix.id }
      )))],
    },
    ...historyEntries(
      settled.filter(({ row }) => row.resolved_next === 1).map(({ row, fix }) => ({
        error: row.id,
        timeMs: nowMs,
        action: "released",
        actor: "holdfast",
        note: `in release ${fix.release}, the next one`,
      })),
    ),
  ]);
  return true;
}

/**
 * The next release is none that ran well before the resolution and is reported now (clocks differ a little), and no lower version
 * than the one that failed last: a fix of an older branch.
 */
function isFix(
  release: KnownRelease & { last_seen: number },
  { svc_name, last_release, resolved_at, resolved_in, resolved_next }: WaitingRow,
): boolean {
  if (release.svc_name !== svc_name) return false;
  if (resolved_next === 1) {
    const isLower = last_release !== null && (versionOrder(release.release, last_release) ?? 0) < 0;
    return !isLower && release.last_seen >= resolved_at! - MAX_AHEAD_MS;
  }
  return versionOrder(release.release, resolved_in!) === 0;
}

/**
 * The rows with the numbers of the releases that fix them. One was resolved in a release while another transaction saw that
 * release for the first time: neither knew of the other.
 */
export async function withRanks(session: Session, rows: readonly ErrorRow[]): Promise<ErrorRow[]> {
  const waiting = rows.filter(({ state, resolved_in, resolved_rank }) =>
    state === "resolved" && resolved_in !== null && resolved_rank === null
  );
  if (waiting.length === 0) return [...rows];
  const { sql, values } = findReleases(waiting.map(({ svc_name, resolved_in }) => (
    { svc_name, release: resolved_in! }
  )));
  const ranks = new Map(
    (await session.all<KnownRelease>(sql, values))
      .map(({ svc_name, release, id }) => [`${svc_name}\n${release}`, id]),
  );
  return rows.map((row) => ({
    ...row,
    resolved_rank: row.resolved_rank ?? ranks.get(`${row.svc_name}\n${row.resolved_in}`) ?? null,
  }));
}

/** What a release that a person names is in each of these services, as far as it has been seen there. */
export async function seenReleases(
  session: Session,
  services: readonly string[],
  release: string,
): Promise<Map<string, KnownRelease>> {
  const { sql, values } = findReleases(services.map((svc_name) => ({ svc_name, release })));
  const exact = await session.all<KnownRelease>(sql, values);
  const found = new Map(exact.map((row) => [row.svc_name, row]));
  const others = await session.all<KnownRelease>(
    `select id, svc_name, release from holdfast.releases where svc_name = any ($1) order by id`,
    [services.filter((service) => !found.has(service))],
  );
  // `1.2` is `v1.2`, where the service calls itself so.
  for (const row of others) {
    if (!found.has(row.svc_name) && versionOrder(row.release, release) === 0) {
      found.set(row.svc_name, row);
    }
  }
  return found;
}

function findReleases(names: readonly { svc_name: string; release: string }[]): Statement {
  return {
    sql: `select releases.id, releases.svc_name, releases.release
      from json_to_recordset($1) as given (svc_name text, release text)
      join holdfast.releases
        on releases.svc_name = given.svc_name and releases.release = given.release`,
    values: [JSON.stringify(names)],
  };
}
