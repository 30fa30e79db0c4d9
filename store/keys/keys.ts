/** Keys of other services that were made here: the list, making and revoking. */
import type { Database, Session } from "../drivers/database.ts";
import { actorOf, cleanText } from "../errors/rows.ts";
import { uuidv7 } from "../ids.ts";
import { beginningOf, DEFAULT_QUOTAS } from "../intake_key.ts";
import { MAX_NAME_CHARS, MAX_NOTE_CHARS } from "../limits.ts";
import {
  type ConfiguredKey,
  type Doer,
  type KeySummary,
  type NewKey,
  type StoredKey,
  TooManyKeys,
} from "../store.ts";
import { isoTime, nowToKeep } from "../times.ts";
import { dayOf } from "./counts.ts";
import { digestOfKey } from "./digest.ts";

/** Valid keys of one store: every process that takes reports holds the list. */
export const MAX_KEYS = 1_000;
/** Rows of the list, the newest: of revoked keys those of long ago are left out. */
const MAX_LISTED = 2 * MAX_KEYS;
/** The bounds that leave nothing out make both engines read an index. */
const LISTED = `
  select * from holdfast.intake_keys where created_at >= 0
  order by created_at desc, id desc limit ${MAX_LISTED}`;
const VALID_KEYS = `
  select count(*) as keys from holdfast.intake_keys where revoked_at is null and id >= ''`;
/** Keys of the environment have no row: their maker is the variable. */
const ENVIRONMENT = "INTAKE_KEYS";

interface KeyRow {
  id: string;
  digest: string;
  beginning: string;
  text: string | null;
  service: string | null;
  is_public: number;
  note: string;
  quota: number | null;
  created_at: number;
  created_by: string;
  last_used_at: number | null;
  revoked_at: number | null;
  revoked_by: string | null;
}

interface DayRow {
  key: string;
  taken: number;
  refused: number;
  peak: number;
  used_at: number;
}

/** All keys with what they brought today: those of the environment that the caller knows, then the newest first. */
export function listKeys(
  db: Database,
  configured: readonly ConfiguredKey[] = [],
): Promise<KeySummary[]> {
  return db.ask(async (session) => {
    const rows = await session.all<KeyRow>(LISTED);
    const today = await usesOn(session, dayOf(nowToKeep()));
    const last = await lastUses(session, configured.map(({ id }) => id));
    return [
      ...configured.map((key) => ({
        ...key,
        ...OF_ENVIRONMENT,
        last_used_at: timeOf(last.get(key.id) ?? null),
        ...broughtBy(today.get(key.id)),
      })),
      ...rows.map((row) => summaryOf(row, today.get(row.id))),
    ];
  });
}

const OF_ENVIRONMENT = {
  note: "",
  created_at: null,
  created_by: ENVIRONMENT,
  revoked_at: null,
  revoked_by: null,
} as const;

/** The keys that are valid just now, for a process that takes reports. */
export async function validKeys(db: Database): Promise<StoredKey[]> {
  const rows = await db.ask((session) =>
    session.all<Pick<KeyRow, "id" | "digest" | "service" | "is_public" | "quota">>(
      `select id, digest, service, is_public, quota from holdfast.intake_keys
       where revoked_at is null and id >= ''`,
    )
  );
  return rows.map(({ id, digest, service, is_public, quota }) => ({
    id,
    digest,
    service: service ?? undefined,
    isPublic: is_public === 1,
    quota: quotaOf({ is_public, quota }),
  }));
}

/**
 * Makes a key valid. Asked again for the same key it changes nothing, so that an answer which was lost does no harm; a key that
 * was revoked stays so.
 *
 * @throws {TooManyKeys}
 */
export function addKey(db: Database, key: NewKey): Promise<KeySummary> {
  return db.transaction(async (session) => {
    const digest = digestOfKey(key.key);
    const known = await rowBy(session, "digest", digest);
    if (known !== undefined) return summaryOf(known, undefined);
    const held = await session.get<{ keys: number }>(VALID_KEYS);
    if (held!.keys >= MAX_KEYS) {
      throw new TooManyKeys(`there are ${MAX_KEYS} keys: revoke one that is not used any more`);
    }
    const row = rowOf(key, digest);
    await session.run(
      `insert into holdfast.intake_keys (
         id, digest, beginning, text, service, is_public, note, quota, created_at, created_by
       ) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (digest) do nothing`,
      [
        ...[row.id, row.digest, row.beginning, row.text, row.service, row.is_public, row.note],
        ...[row.quota, row.created_at, row.created_by],
      ],
    );
    return summaryOf((await rowBy(session, "digest", digest))!, undefined);
  });
}

function rowOf(key: NewKey, digest: string): KeyRow {
  const { service, is_public = false, quota = null, note = "" } = key;
  return {
    id: uuidv7(),
    digest,
    beginning: cleanText(beginningOf(key.key)),
    text: is_public ? cleanText(key.key) : null,
    service: service === undefined ? null : cleanText(service.slice(0, MAX_NAME_CHARS)),
    is_public: is_public ? 1 : 0,
    note: cleanText(note.slice(0, MAX_NOTE_CHARS)),
    quota,
    created_at: nowToKeep(),
    created_by: actorOf(key.by),
    last_used_at: null,
    revoked_at: null,
    revoked_by: null,
  };
}

/** Ends a key, for good; null where there is none of this id. One that is revoked already stays as it is. */
export function revokeKey(db: Database, id: string, { by }: Doer = {}): Promise<KeySummary | null> {
  return db.transaction(async (session) => {
    await session.run(
      `update holdfast.intake_keys set revoked_at = $2, revoked_by = $3
       where id = $1 and revoked_at is null`,
      [cleanText(id), nowToKeep(), actorOf(by)],
    );
    const row = await rowBy(session, "id", cleanText(id));
    if (row === undefined) return null;
    return summaryOf(row, (await usesOn(session, dayOf(nowToKeep()))).get(row.id));
  });
}

/** Keys that were revoked before a time. */
export async function removeRevoked(session: Session, beforeMs: number): Promise<number> {
  return await session.run("delete from holdfast.intake_keys where revoked_at < $1", [beforeMs]);
}

function rowBy(
  session: Session,
  column: "id" | "digest",
  value: string,
): Promise<KeyRow | undefined> {
  return session.get<KeyRow>(`select * from holdfast.intake_keys where ${column} = $1`, [value]);
}

async function usesOn(session: Session, day: number): Promise<Map<string, DayRow>> {
  const rows = await session.all<DayRow>(
    "select key, taken, refused, peak, used_at from holdfast.intake_key_days where day = $1",
    [day],
  );
  return new Map(rows.map((row) => [row.key, row]));
}

async function lastUses(session: Session, ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await session.all<Pick<DayRow, "key" | "used_at">>(
    `select key, max(used_at) as used_at from holdfast.intake_key_days where key = any ($1)
     group by key`,
    [ids],
  );
  return new Map(rows.map(({ key, used_at }) => [key, used_at]));
}

function summaryOf(row: KeyRow, today: DayRow | undefined): KeySummary {
  return {
    id: row.id,
    service: row.service,
    is_public: row.is_public === 1,
    beginning: row.beginning,
    key: row.text,
    note: row.note,
    quota: quotaOf(row),
    created_at: isoTime(row.created_at),
    created_by: row.created_by,
    last_used_at: timeOf(row.last_used_at),
    revoked_at: timeOf(row.revoked_at),
    revoked_by: row.revoked_by,
    ...broughtBy(today),
  };
}

function broughtBy(
  today: DayRow | undefined,
): Pick<KeySummary, "taken_today" | "refused_today" | "peak_today"> {
  const { taken = 0, refused = 0, peak = 0 } = today ?? {};
  return { taken_today: taken, refused_today: refused, peak_today: peak };
}

function quotaOf({ is_public, quota }: Pick<KeyRow, "is_public" | "quota">): number {
  return quota ?? DEFAULT_QUOTAS[is_public === 1 ? "public" : "secret"];
}

function timeOf(timeMs: number | null): string | null {
  return timeMs === null ? null : isoTime(timeMs);
}
