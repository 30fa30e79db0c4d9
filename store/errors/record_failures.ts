/**
 * Opens errors, counts what happens to them, and brings resolved ones back. A batch touches each error once, however many
 * occurrences it brings.
 *
 * On PostgreSQL every instance does so at the same time, in the same order: new errors one after another, known ones row by row
 * as they are locked. So counts are exact, and each alert is one instance's.
 */
import { Buffer } from "node:buffer";
import { changedMeanwhile, type Session, type Statement } from "../drivers/database.ts";
import { keepOccurrences } from "../search/full_text.ts";
import { eventOf } from "./events.ts";
import { noteAlerts } from "./note_alerts.ts";
import {
  addHours,
  cleanOrNull,
  cleanText,
  digestOf,
  type ErrorRow,
  historyEntries,
  type Hour,
  NOT_MUTED,
  occurrenceId,
  shownOf,
  summaryOf,
  updateErrors,
} from "./rows.ts";
import type { Alert } from "../store.ts";
import {
  bytesOf,
  countsOf,
  type Effect,
  effectOf,
  type Failure,
  lastCritical,
  MAX_VARIANTS,
  messageOf,
  seenMs,
  talliesOf,
  type Tally,
} from "./tally.ts";
import { type CountedHour, keepRise, risingOf } from "./rising.ts";
import { HOUR_MS, nowToKeep } from "../times.ts";
import { wordsOf } from "../search/words.ts";
import { type KeyRow, Keys, keysOf } from "./keys.ts";
import {
  addFacets,
  addUpAll,
  type FacetChange,
  FacetChanges,
  findFacets,
} from "../facets/count_facets.ts";
import { type Opened, openErrors } from "./open_errors.ts";
import { type RankOf, withRanks } from "./fix.ts";
import { type Answers, keepProofs, noteOfProof, proofAfter, type ProofColumns } from "./proof.ts";

export interface Recorded {
  /** The failures as they were recorded: those beyond a bound are of an overflow. */
  failures: readonly Failure[];
  /** Errors that are new, came back, are rising, or whose fix is proved. */
  alerts: Alert[];
  /** The releases in which errors came back, one for each. */
  cameBackIn: readonly { svc_name: string; release: string }[];
}

/** What a batch brings beside its failures. */
export interface Surroundings {
  newErrorsAnHour: number;
  rankOf: RankOf;
  answers: Answers;
  /** Numbers of resolved errors for which answers of the batch count. */
  toProve: readonly number[];
}

/**
 * Records failures, and what the batch proves. Part of a transaction.
 *
 * @param fresh In the order of their times, each with a group, all of them new to the store.
 */
export async function recordFailures(
  session: Session,
  fresh: readonly Failure[],
  surroundings: Surroundings,
): Promise<Recorded> {
  const { newErrorsAnHour, toProve } = surroundings;
  if (fresh.length === 0) {
    const alerts = toProve.length === 0 ? [] : await prove(session, surroundings);
    return { failures: fresh, alerts, cameBackIn: [] };
  }
  const { failures, keys, opened } = await openErrors(session, fresh, newErrorsAnHour);
  const { changes, others } = await lockErrors(session, { failures, keys, opened }, surroundings);
  const nowMs = nowToKeep();
  const news = changes.flatMap(({ before, after, effect }) => {
    const kind = opened.has(before.id) ? "new" as const : effect.wake && "back" as const;
    return kind === undefined ? [] : [{ kind, error: after }];
  });
  const proofs = provedBy(others, surroundings);
  const proved = [...changes, ...proofs].filter(isProved).map(({ after }) => after);
  const alerts = [...news, ...proved.map((error) => ({ kind: "proved" as const, error }))];
  // The hours come first: what they are counted to is asked for.
  const [counted] = await session.batch<CountedHour>([
    addHours(changes.flatMap((change) => hoursOf(change, nowMs))),
    updateErrors(changes.map(({ after }) => after)),
    ...keepProofs(proofs.map(({ after }) => after)),
    ...keepOccurrences(session.engine, changes.flatMap(occurrencesOf)),
    countVariants(changes.flatMap(({ variants }) => variants)),
    ...addFacets(changes.flatMap(({ facets }) => facets.counts)),
    ...historyEntries([...changes.flatMap(deedOf), ...proved.map(deedOfProof)]),
    ...noteAlerts(alerts.map(({ kind, error }) => ({ kind, error: error.id })), nowMs),
  ]);
  const growths = changes.map(({ before, after, tally }) => (
    { before, after, added: tally.failures.length }
  ));
  const rising = (await risingOf(session, growths, { counted: counted!, nowMs }))
    .map((error) => ({ kind: "rising" as const, error: { ...error, rising_at: nowMs } }));
  if (rising.length > 0) {
    const notes = rising.map(({ error: { id }, kind }) => ({ error: id, kind }));
    await session.batch([
      keepRise(notes.map(({ error }) => error), nowMs),
      ...noteAlerts(notes, nowMs),
    ]);
  }
  return {
    failures,
    alerts: [...alerts, ...rising].map(({ kind, error }) => ({ kind, error: summaryOf(error) })),
    cameBackIn: changes.flatMap(({ effect: { wake } }) => {
      const record = wake?.by?.entry.record;
      return record === undefined
        ? []
        : [{ svc_name: cleanText(record.svc_name), release: cleanText(record.release ?? "") }];
    }),
  };
}

/** The same for a batch without failures. */
async function prove(session: Session, surroundings: Surroundings): Promise<Alert[]> {
  const rows = await session.all<ErrorRow>(LOCK_ERRORS, [surroundings.toProve]);
  const proofs = provedBy(rows, surroundings);
  const proved = proofs.filter(isProved).map(({ after }) => after);
  await session.batch([
    ...keepProofs(proofs.map(({ after }) => after)),
    ...historyEntries(proved.map(deedOfProof)),
    ...noteAlerts(proved.map(({ id }) => ({ kind: "proved" as const, error: id })), nowToKeep()),
  ]);
  return proved.map((error) => ({ kind: "proved", error: summaryOf(error) }));
}

type Proof = Pick<Change, "before" | "after">;

/** Of errors that the batch brings no occurrence of. */
function provedBy(rows: readonly ErrorRow[], { answers }: Surroundings): Proof[] {
  const nowMs = nowToKeep();
  return rows.flatMap((before) => {
    const proof = proofAfter(before, { answers, nowMs });
    return proof === undefined ? [] : [{ before, after: { ...before, ...proof } }];
  });
}

function isProved({ before, after }: Proof): boolean {
  return before.proved_at === null && after.proved_at !== null;
}

function deedOfProof(error: ErrorRow) {
  const note = noteOfProof(error);
  return { error: error.id, timeMs: error.proved_at!, action: "proved", actor: "holdfast", note };
}

interface Change {
  before: ErrorRow;
  tally: Tally<number>;
  effect: Effect;
  variants: Variant[];
  facets: FacetChange;
  proof: ProofColumns | undefined;
  after: ErrorRow;
}

interface Variant {
  error: number;
  digest: string;
  message: string;
  count: number;
}

/** Always in the same order, or two instances wait for one another. */
const LOCK_ERRORS = "select * from holdfast.errors where id = any ($1) order by id for update";

/** Which variants are counted already, and how many their errors have. */
const FIND_VARIANTS = `
  select given.error, given.digest, count(variants.digest) as is_known, (
    select count(*) from holdfast.variants as held where held.error = given.error
  ) as held
  from json_to_recordset($1) as given (error bigint, digest text)
  left join holdfast.variants
    on variants.error = given.error and variants.digest = given.digest
  group by given.error, given.digest`;

interface KnownVariant {
  error: number;
  digest: string;
  is_known: number;
  held: number;
}

async function lockErrors(
  session: Session,
  { failures, keys, opened }: Pick<Opened, "failures" | "keys" | "opened">,
  { answers, rankOf, toProve }: Surroundings,
): Promise<{ changes: Change[]; others: ErrorRow[] }> {
  const expected = talliesOf(failures, (failure) => errorOf(failure, keys));
  const places = expected.flatMap(({ key: error, failures }) =>
    [...new Set(failures.map(maskedOf))].map((message) => ({ error, digest: digestOf(message) }))
  );
  // The keys once more: while the locks were waited for, an error may have been merged or split. Now none can.
  const facetCounts = addUpAll(expected);
  const [rows, keyRows, variantRows, facetRows = []] = await session.batch([
    { sql: LOCK_ERRORS, values: [[...expected.map(({ key }) => key), ...toProve]] },
    keysOf(failures),
    { sql: FIND_VARIANTS, values: [JSON.stringify(places)] },
    ...findFacets(facetCounts),
  ]) as [ErrorRow[], KeyRow[], KnownVariant[], { place: number }[]?];
  const locked = new Keys(keyRows);
  const rowOf = new Map((await withRanks(session, rows)).map((row) => [row.id, row]));
  const known = Map.groupBy(variantRows, ({ error }) => error);
  const nowMs = nowToKeep();
  const tallies = talliesOf(failures, (failure) => errorOf(failure, locked));
  if (tallies.length < expected.length) throw changedMeanwhile("An error was merged");
  const facetChanges = await FacetChanges.load(session, facetCounts, {
    rows: facetRows,
    isNew: (error) => opened.has(error),
  });
  const countsOfError = Map.groupBy(facetCounts, ({ error }) => error);
  const changes = tallies.map((tally) => {
    const before = rowOf.get(tally.key);
    if (before === undefined) throw changedMeanwhile("An error was merged or split");
    const effect = effectOf(before, tally, { nowMs, rankOf });
    const { variants, newBytes } = variantsOf(tally, known.get(before.id) ?? []);
    const facets = facetChanges.of(before, countsOfError.get(before.id) ?? []);
    const proof = proofAfter(before, { answers, failures: tally.failures, nowMs });
    const after = afterwards({ before, tally, effect, facets, proof }, newBytes + facets.newBytes);
    return { before, tally, effect, variants, facets, proof, after };
  });
  const touched = new Set(tallies.map(({ key }) => key));
  return { changes, others: rows.filter(({ id }) => !touched.has(id)) };
}

/** @throws when it has been merged, split or removed since the keys were read. */
function errorOf(failure: Failure, keys: Keys): number {
  const error = keys.error(keys.keyOf(failure));
  if (error === undefined) throw changedMeanwhile("An error is gone");
  return error;
}

function maskedOf({ entry }: Failure): string {
  return cleanText(entry.group!.masked);
}

/** The variants that are counted, as long as the error has room for new ones, and the bytes of the new messages. */
function variantsOf(
  { key: error, failures }: Tally<number>,
  known: readonly KnownVariant[],
): { variants: Variant[]; newBytes: number } {
  const digests = new Set(known.filter(({ is_known }) => is_known > 0).map(({ digest }) => digest));
  let room = MAX_VARIANTS - (known[0]?.held ?? 0);
  let newBytes = 0;
  const variants: Variant[] = [];
  for (const [message, count] of countsOf(failures, maskedOf)) {
    const digest = digestOf(message);
    if (!digests.has(digest)) {
      if (room-- <= 0) continue;
      newBytes += Buffer.byteLength(message);
    }
    variants.push({ error, digest, message, count });
  }
  return { variants, newBytes };
}

/** The row as the batch leaves it. */
function afterwards(
  { before, tally, effect, facets, proof }: Omit<Change, "variants" | "after">,
  newBytes: number,
): ErrorRow {
  const { oldest, newest, failures } = tally;
  const { oldestMs, newestMs, isFirst, isLast, beforeMute, wake } = effect;
  // An older release that fails elsewhere does not change what proves the fix.
  const isKeepingRoute = before.state === "resolved" && before.route !== null && !wake;
  return {
    ...before,
    ...facets.row,
    ...proof,
    count: before.count + failures.length,
    kept: before.kept + failures.length,
    oldest_kept: Math.min(before.oldest_kept, oldest.timeMs),
    bytes: before.bytes + bytesOf(tally) + newBytes,
    last_critical: Math.max(before.last_critical ?? 0, lastCritical(tally) ?? 0) || null,
    muted_count: before.muted_count === null ? null : before.muted_count + beforeMute,
    ...(isFirst && {
      first_seen: oldestMs,
      first_release: cleanOrNull(oldest.entry.record.release),
    }),
    ...(isLast && {
      ...shownOf(newest.entry.record),
      ...(isKeepingRoute && { route: before.route }),
      message: messageOf(newest),
      last_seen: newestMs,
    }),
    ...(wake && { state: "open" }),
    ...(wake?.action === "came_back" && {
      came_back: 1,
      came_back_in: cleanOrNull(wake.by.entry.record.release),
      came_back_at: seenMs(wake.by, nowToKeep()),
      resolved_at: null,
      resolved_next: 0,
      proved_at: null,
    }),
    ...(wake?.action === "unmuted" && NOT_MUTED),
  };
}

function occurrencesOf({ before, tally }: Change) {
  return tally.failures.map(({ timeMs, entry }) => ({
    error: before.id,
    time: timeMs,
    error_id: occurrenceId(entry.record),
    line: entry.line,
    words: wordsOf(entry),
    event: eventOf(entry.record),
  }));
}

function hoursOf({ before, tally }: Change, nowMs: number): Hour[] {
  const hours = countsOf(tally.failures, (failure) => Math.floor(seenMs(failure, nowMs) / HOUR_MS));
  return Array.from(hours, ([hour, count]) => ({ error: before.id, hour, count }));
}

/** "where true": see addHours(). */
function countVariants(variants: readonly Variant[]): Statement {
  return {
    sql: `insert into holdfast.variants (error, digest, message, count)
      select error, digest, message, count from json_to_recordset($1)
        as given (error bigint, digest text, message text, count bigint) where true
      on conflict (error, digest) do update set count = variants.count + excluded.count`,
    values: [JSON.stringify(variants)],
  };
}

/** What its history says, where the batch changes its state. */
function deedOf({ before, effect: { wake, newestMs } }: Change) {
  if (wake === undefined) return [];
  const { action, note, by } = wake;
  const timeMs = by === undefined ? newestMs : seenMs(by, nowToKeep());
  return [{ error: before.id, timeMs, actor: "holdfast", action, note }];
}
