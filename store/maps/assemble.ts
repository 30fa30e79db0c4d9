/** Makes source maps of the chunks of a bundle, beside everything else that the worker does. */
import { setImmediate } from "node:timers/promises";
import type { Session } from "../drivers/database.ts";
import type { Opened } from "../store_on.ts";
import { nowToKeep } from "../times.ts";
import { mapsIn } from "./bundle.ts";
import { ChunkedBytes, MAX_CHUNKS, missingChunks } from "./chunks.ts";
import { readDebugId } from "./debug_id.ts";
import { BadMap, digestMap, parseMap } from "./digest.ts";
import { saveMap } from "./maps.ts";

/** Who asks waits so long: then the answer is that it goes on. Shorter than a question may take. */
const WAIT_MS = 2_500;

/** A bundle that was uploaded in chunks. */
export interface Bundle {
  /** Who sent the chunks. */
  readonly owner: string;
  /** SHA-1 of the whole. */
  readonly checksum: string;
  /** The chunks' names, in order. */
  readonly chunks: readonly string[];
  /** Whose maps they are. */
  readonly services: readonly string[];
}

/** What has become of it. */
export interface Assembled {
  /** `not_found`: chunks are missing; `assembling`: ask again; `ok`: the maps are kept. */
  readonly state: "not_found" | "assembling" | "ok" | "error";
  /** Chunks to send. */
  readonly missing: readonly string[];
  /** What is wrong, in one sentence. */
  readonly detail?: string;
}

/** Bundles being assembled by this process: one after the other, for each takes memory. */
const running = new WeakMap<Opened["log"], Map<string, Promise<Assembled>>>();

/** Keeps the maps of a bundle whose chunks are all there; says which are not. */
export async function assembleBundle(store: Opened, bundle: Bundle): Promise<Assembled> {
  const { owner, checksum, chunks } = bundle;
  const known = await store.ask((session) => outcomeOf(session, bundle));
  if (known !== undefined) return known;
  if (chunks.length > MAX_CHUNKS) {
    return failed(`the bundle has ${chunks.length} chunks, at most ${MAX_CHUNKS} are taken`);
  }
  const jobs = running.get(store.log) ?? new Map<string, Promise<Assembled>>();
  running.set(store.log, jobs);
  const name = JSON.stringify([owner, checksum, bundle.services]);
  let job = jobs.get(name);
  if (job === undefined) {
    const missing = await store.ask((session) => missingChunks(session, owner, chunks));
    if (missing.length > 0 || chunks.length === 0) return { state: "not_found", missing };
    const before = [...jobs.values()].at(-1);
    job = jobs.get(name) ?? assembleAfter(before, store, bundle).finally(() => jobs.delete(name));
    jobs.set(name, job);
    // Nobody may be waiting for it any more.
    job.catch(() => {});
  }
  return await withinTime(job) ?? { state: "assembling", missing: [] };
}

async function assembleAfter(
  before: Promise<unknown> | undefined,
  store: Opened,
  bundle: Bundle,
): Promise<Assembled> {
  await before?.catch(() => {});
  const problem = await assemble(store, bundle);
  if (problem === CHUNK_GONE) return { state: "not_found", missing: bundle.chunks };
  await store.transaction(async (session) => {
    await noteOutcome(session, bundle, problem);
    await session.run(
      "delete from holdfast.map_chunks where owner = $1 and sha1 = any ($2)",
      [bundle.owner, bundle.chunks],
    );
  });
  return problem === undefined ? KEPT : failed(problem);
}

const CHUNK_GONE = Symbol();
const KEPT: Assembled = { state: "ok", missing: [] };

/** What is wrong with it, in one sentence; undefined when its maps are kept. */
async function assemble(
  store: Opened,
  { owner, checksum, chunks, services }: Bundle,
): Promise<string | typeof CHUNK_GONE | undefined> {
  const opened = await ChunkedBytes.open(store, owner, chunks);
  if (opened === undefined) return CHUNK_GONE;
  if (opened.sha1 !== checksum) return "the chunks do not make up what the checksum says";
  let kept = 0;
  const problems: string[] = [];
  try {
    for await (const { debugId, bytes } of mapsIn(opened.bytes)) {
      try {
        const id = debugId ?? ownDebugId(bytes);
        // A map is found by its id alone.
        if (id === undefined) throw new BadMap("a map has no debug id");
        const digest = await digestMap(bytes);
        for (const svcName of services) {
          await saveMap(store, { svcName, debugId: id, digest });
        }
        kept++;
      } catch (error) {
        if (!(error instanceof BadMap)) throw error;
        problems.push(error.message);
      }
      await setImmediate();
    }
  } catch (error) {
    if (!(error instanceof BadMap)) throw error;
    return error.message;
  }
  // Some bundlers write maps that are no maps beside those that are.
  return kept === 0 && problems.length > 0 ? `no map can be used: ${problems[0]}` : undefined;
}

function ownDebugId(bytes: Uint8Array): string | undefined {
  const map = parseMap(bytes);
  return readDebugId(map.debug_id) ?? readDebugId(map.debugId);
}

async function outcomeOf(session: Session, bundle: Bundle): Promise<Assembled | undefined> {
  const row = await session.get<{ problem: string | null }>(
    `select problem from holdfast.map_bundles
     where owner = $1 and checksum = $2 and services = $3`,
    [bundle.owner, bundle.checksum, JSON.stringify(bundle.services)],
  );
  if (row === undefined) return undefined;
  return row.problem === null ? KEPT : failed(row.problem);
}

async function noteOutcome(
  session: Session,
  { owner, checksum, services }: Bundle,
  problem: string | undefined,
): Promise<void> {
  await session.run(
    `insert into holdfast.map_bundles (owner, checksum, services, kept_at, problem)
     values ($1, $2, $3, $4, $5)
     on conflict (owner, checksum, services) do update
     set kept_at = excluded.kept_at, problem = excluded.problem`,
    [owner, checksum, JSON.stringify(services), nowToKeep(), problem ?? null],
  );
}

function failed(detail: string): Assembled {
  return { state: "error", missing: [], detail };
}

/** Undefined when it takes longer. */
async function withinTime<Value>(value: Promise<Value>): Promise<Value | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, WAIT_MS, undefined);
  });
  return await Promise.race([value, late]).finally(() => clearTimeout(timer));
}
