/** Source maps by service and debug id, within a bound for each service. A map is never found for another service. */
import { setImmediate } from "node:timers/promises";
import type { Session, Statement } from "../drivers/database.ts";
import { unpack } from "../log/codec.ts";
import type { Opened } from "../store_on.ts";
import type { Removed } from "../store.ts";
import { DAY_MS, nowToKeep } from "../times.ts";
import { forgetChunks } from "./chunks.ts";
import type { Digest } from "./digest.ts";

const MIB = 1024 * 1024;
/** What the maps of one service take at most: the oldest uploads go. */
const MAX_SERVICE_BYTES = 200 * MIB;

/** Rows sent in one round trip. */
const BATCH_ROWS = 50;
/** Maps removed in one step. */
const STEP_MAPS = 5;

/** A map that is there. */
export interface FoundMap {
  readonly id: number;
  /** Line and column, from 0, at which each of its blocks begins. */
  readonly starts: readonly number[];
}

/** An original file. */
export interface MapSource {
  readonly number: number;
  readonly path: string;
  readonly isLibrary: boolean;
  /** Its text; null where the map has none. */
  readonly text: Uint8Array | null;
}

/** Keeps a map in place of the one that has its id. */
export async function saveMap(
  store: Opened,
  { svcName, debugId, digest }: { svcName: string; debugId: string; digest: Digest },
): Promise<void> {
  await store.transaction(async (session) => {
    const nowMs = nowToKeep();
    const same = await session.run(
      `update holdfast.maps set kept_at = $4, used_at = $4
       where svc_name = $1 and debug_id = $2 and sha1 = $3`,
      [svcName, debugId, digest.sha1, nowMs],
    );
    if (same > 0) return;
    await session.run("delete from holdfast.maps where svc_name = $1 and debug_id = $2", [
      svcName,
      debugId,
    ]);
    const map = await session.get<{ id: number }>(
      `insert into holdfast.maps (svc_name, debug_id, sha1, bytes, kept_at, used_at, starts)
       values ($1, $2, $3, $4, $5, $5, $6) returning id`,
      [svcName, debugId, digest.sha1, digest.bytes, nowMs, JSON.stringify(digest.starts)],
    );
    for (const statements of batches(partsOf(map!.id, digest))) {
      await session.batch(statements);
      // Events have their turn; what writes waits.
      await setImmediate();
    }
    await removeBeyond(session, svcName);
  });
}

function* partsOf(map: number, { blocks, sources }: Digest): Generator<Statement> {
  for (const [number, data] of blocks.entries()) {
    yield {
      sql: "insert into holdfast.map_blocks (map, number, data) values ($1, $2, $3)",
      values: [map, number, data],
    };
  }
  for (const [number, { path, isLibrary, data }] of sources.entries()) {
    yield {
      sql: `insert into holdfast.map_sources (map, number, path, is_library, data)
        values ($1, $2, $3, $4, $5)`,
      values: [map, number, path, Number(isLibrary), data],
    };
  }
}

function* batches(statements: Iterable<Statement>): Generator<Statement[]> {
  let batch: Statement[] = [];
  for (const statement of statements) {
    batch.push(statement);
    if (batch.length < BATCH_ROWS) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Removes the oldest uploads of a service that holds more than it may; the newest stays. */
async function removeBeyond(session: Session, svcName: string): Promise<void> {
  const maps = await session.all<{ id: number; bytes: number }>(
    `select id, bytes from holdfast.maps where svc_name = $1 order by kept_at desc, id desc`,
    [svcName],
  );
  let bytes = 0;
  const surplus = maps.filter((map, index) => {
    bytes += map.bytes;
    return index > 0 && bytes > MAX_SERVICE_BYTES;
  });
  await session.run("delete from holdfast.maps where id = any ($1)", [surplus.map(({ id }) => id)]);
}

/** The map of a service that has this debug id. */
export async function findMap(
  store: Opened,
  svcName: string,
  debugId: string,
): Promise<FoundMap | null> {
  const map = await store.ask((session) =>
    session.get<{ id: number; used_at: number; starts: string }>(
      "select id, used_at, starts from holdfast.maps where svc_name = $1 and debug_id = $2",
      [svcName, debugId],
    )
  );
  if (map === undefined) return null;
  const nowMs = nowToKeep();
  if (map.used_at < nowMs - DAY_MS) {
    await store.transaction((session) =>
      session.run("update holdfast.maps set used_at = $2 where id = $1", [map.id, nowMs])
    );
  }
  return { id: map.id, starts: JSON.parse(map.starts) };
}

/** Some blocks of a map, each itself a map as JSON text, whose sources are numbers. One that is gone is left out. */
export async function mapBlocks(
  store: Opened,
  map: number,
  numbers: readonly number[],
): Promise<{ number: number; text: Uint8Array }[]> {
  const rows = await store.ask((session) =>
    session.all<{ number: number; data: Uint8Array }>(
      "select number, data from holdfast.map_blocks where map = $1 and number = any ($2)",
      [map, numbers],
    )
  );
  return rows.map(({ number, data }) => ({ number, text: unpack(data) }));
}

/** Some of a map's original files. */
export async function mapSources(
  store: Opened,
  map: number,
  numbers: readonly number[],
): Promise<MapSource[]> {
  const rows = await store.ask((session) =>
    session.all<
      { number: number; path: string; is_library: number; data: Uint8Array | null }
    >(
      `select number, path, is_library, data from holdfast.map_sources
       where map = $1 and number = any ($2)`,
      [map, numbers],
    )
  );
  return rows.map(({ number, path, is_library, data }) => ({
    number,
    path,
    isLibrary: is_library === 1,
    text: data === null ? null : unpack(data),
  }));
}

/** Maps that nothing has used since before this time. Part of a transaction. */
export async function removeUnusedMaps(session: Session, beforeMs: number): Promise<Removed> {
  const removed = await session.run(
    `delete from holdfast.maps where id in (
       select id from holdfast.maps where used_at < $1 order by used_at limit ${STEP_MAPS}
     )`,
    [beforeMs],
  );
  return { removed, more: removed === STEP_MAPS };
}

/** The maps that were not used for longest; where there are none, what is on its way. Part of a transaction. */
export async function removeLeastUsedMaps(session: Session): Promise<number> {
  const { removed } = await removeUnusedMaps(session, Number.MAX_SAFE_INTEGER);
  return removed || (await forgetChunks(session, Number.MAX_SAFE_INTEGER)).removed;
}

/** What maps take, and what is on its way to become some. */
export async function mapBytes(session: Session): Promise<number> {
  const row = await session.get<{ bytes: number }>(
    `select coalesce((select sum(bytes) from holdfast.maps), 0)::bigint
       + coalesce((select sum(octet_length(data)) from holdfast.map_chunks), 0)::bigint as bytes`,
  );
  return row!.bytes;
}
