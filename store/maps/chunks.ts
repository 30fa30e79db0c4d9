/** Bundles on their way: in chunks, each named by the SHA-1 of its content. */
import { Buffer } from "node:buffer";
import { createHash, type Hash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import type { Session } from "../drivers/database.ts";
import type { Removed } from "../store.ts";
import type { Opened } from "../store_on.ts";
import { nowToKeep } from "../times.ts";
import type { Bytes } from "./bundle.ts";

/** Each but the last has this size. One fits a turn of the worker, and crosses to it in a millisecond. */
export const CHUNK_BYTES: number = 1024 * 1024;
/** Parts of one form, each a transaction: clients are told to send two. */
const MAX_PARTS = 64;
/** Of one bundle. */
export const MAX_CHUNKS = 128;
/** Of all chunks that wait; the oldest go, of whoever has most. */
const MAX_WAITING = 256;
/** Chunks and what became of bundles are forgotten after this. */
const FORGET_AFTER_MS = 60 * 60 * 1000;
/** Removed in one step. */
const STEP_CHUNKS = 10;

/** A form in which chunks came. */
export interface ChunkForm {
  readonly body: Uint8Array;
  /** `Content-Type`, which says where its parts begin. */
  readonly contentType: string;
}

/** The field of a chunk that is compressed; others are not. */
const GZIP_FIELD = "file_gzip";

/** How a chunk and a bundle are named. */
export const SHA1 = /^[0-9a-f]{40}$/;

/**
 * Keeps the chunks of a form for an hour; gives one sentence when something is wrong with it. `owner` alone can use them. Here and
 * not where it arrives: to take one of 2 MB apart takes some 20 ms.
 */
export async function keepChunks(
  store: Opened,
  owner: string,
  { body, contentType }: ChunkForm,
): Promise<string | null> {
  let form: FormData;
  try {
    form = await new Response(body as BodyInit, { headers: { "content-type": contentType } })
      .formData();
  } catch {
    return "the body is no form of files";
  }
  const parts = [...form];
  if (parts.length > MAX_PARTS) return `the form has ${parts.length} parts, at most ${MAX_PARTS}`;
  for (const [field, file] of parts) {
    const sha1 = file instanceof File ? file.name.toLowerCase() : "";
    if (!SHA1.test(sha1)) return "each part must be a file whose name is the SHA-1 of its content";
    const bytes = new Uint8Array(await (file as File).arrayBuffer());
    const data = field === GZIP_FIELD ? unzip(bytes) : bytes;
    if (data === undefined || data.length > CHUNK_BYTES) {
      return `chunk ${sha1} is no gzip, or has more than ${CHUNK_BYTES} bytes`;
    }
    if (sha1Of(data) !== sha1) return `chunk ${sha1} has another SHA-1`;
    // One at a time, so that records get through.
    await store.transaction((session) => keepChunk(session, { owner, sha1, data }));
  }
  return null;
}

async function keepChunk(
  session: Session,
  { owner, sha1, data }: { owner: string; sha1: string; data: Uint8Array },
): Promise<void> {
  await session.run(
    `insert into holdfast.map_chunks (owner, sha1, kept_at, data) values ($1, $2, $3, $4)
     on conflict (owner, sha1) do update set kept_at = excluded.kept_at`,
    [owner, sha1, nowToKeep(), data],
  );
  await session.run(
    `delete from holdfast.map_chunks where id in (
       select id from holdfast.map_chunks
       where owner = (
         select owner from holdfast.map_chunks group by owner order by count(*) desc, owner limit 1
       )
       order by kept_at, id
       limit (
         select case when count(*) > ${MAX_WAITING} then count(*) - ${MAX_WAITING} else 0 end
         from holdfast.map_chunks
       )
     )`,
  );
}

function unzip(bytes: Uint8Array): Uint8Array | undefined {
  try {
    return gunzipSync(bytes, { maxOutputLength: CHUNK_BYTES });
  } catch {
    return undefined;
  }
}

function sha1Of(data: Uint8Array): string {
  return createHash("sha1").update(data).digest("hex");
}

/** Which of these are not there. */
export async function missingChunks(
  session: Session,
  owner: string,
  names: readonly string[],
): Promise<string[]> {
  const rows = await session.all<{ sha1: string }>(
    "select sha1 from holdfast.map_chunks where owner = $1 and sha1 = any ($2)",
    [owner, names],
  );
  const there = new Set(rows.map(({ sha1 }) => sha1));
  return names.filter((name) => !there.has(name));
}

/** A bundle in its chunks, one of them in memory at a time. */
export class ChunkedBytes implements Bytes {
  readonly #store: Opened;
  readonly #owner: string;
  /** With the place where each begins. */
  readonly #chunks: { sha1: string; from: number; to: number }[] = [];
  #loaded: { sha1: string; data: Uint8Array } | undefined;

  private constructor(store: Opened, owner: string) {
    this.#store = store;
    this.#owner = owner;
  }

  /** Reads all of it once; gives its SHA-1 too. Undefined when a chunk has gone. */
  static async open(
    store: Opened,
    owner: string,
    names: readonly string[],
  ): Promise<{ bytes: ChunkedBytes; sha1: string } | undefined> {
    const bytes = new ChunkedBytes(store, owner);
    const hash: Hash = createHash("sha1");
    for (const sha1 of names) {
      const data = await bytes.#load(sha1);
      if (data === undefined) return undefined;
      hash.update(data);
      bytes.#chunks.push({ sha1, from: bytes.size, to: bytes.size + data.length });
    }
    return { bytes, sha1: hash.digest("hex") };
  }

  get size(): number {
    return this.#chunks.at(-1)?.to ?? 0;
  }

  read = async (from: number, to: number): Promise<Uint8Array> => {
    const parts: Uint8Array[] = [];
    for (const chunk of this.#chunks) {
      if (chunk.to <= from || chunk.from >= to) continue;
      const data = await this.#load(chunk.sha1);
      if (data === undefined) throw new Error("a chunk has gone");
      parts.push(data.subarray(Math.max(from - chunk.from, 0), to - chunk.from));
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  };

  async #load(sha1: string): Promise<Uint8Array | undefined> {
    if (this.#loaded?.sha1 === sha1) return this.#loaded.data;
    // Events and questions have their turn.
    await setImmediate();
    const row = await this.#store.ask((session) =>
      session.get<{ data: Uint8Array }>(
        "select data from holdfast.map_chunks where owner = $1 and sha1 = $2",
        [this.#owner, sha1],
      )
    );
    if (row !== undefined) this.#loaded = { sha1, data: row.data };
    return row?.data;
  }
}

/** Some of what is on its way no longer. Part of a transaction. */
export async function forgetChunks(session: Session, nowMs: number): Promise<Removed> {
  const before = nowMs - FORGET_AFTER_MS;
  await session.run("delete from holdfast.map_bundles where kept_at < $1", [before]);
  const removed = await session.run(
    `delete from holdfast.map_chunks where id in (
       select id from holdfast.map_chunks where kept_at < $1 limit ${STEP_CHUNKS}
     )`,
    [before],
  );
  return { removed, more: removed === STEP_CHUNKS };
}
