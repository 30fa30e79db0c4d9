/** Bundles of the shop's builds, and how they are uploaded. @module */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { ChunkForm } from "../../store/maps/chunks.ts";
import { type Build, bytesOf, codeOf, DEBUG_IDS, mapOf } from "./shop_builds.ts";
import { bundle, type ZipFile } from "./zip.ts";

/** The files of a build as the command-line client bundles them. `header` is how it spells the debug id's header. */
export function filesOf(build: Build, { header = "debug-id" } = {}): ZipFile[] {
  const id = DEBUG_IDS[build];
  return [
    { name: "files/_/_/shop.js", bytes: bytesOf(codeOf(build)) },
    { name: "files/_/_/shop.js.map", bytes: bytesOf(mapOf(build)) },
    manifest({
      "files/_/_/shop.js": {
        type: "minified_source",
        url: "~/shop.js",
        headers: { [header]: id, Sourcemap: "shop.js.map" },
      },
      "files/_/_/shop.js.map": {
        type: "source_map",
        url: "~/shop.js.map",
        headers: { [header]: id },
      },
    }),
  ];
}

export function manifest(files: Record<string, unknown>): ZipFile {
  return { name: "manifest.json", bytes: bytesOf({ files, org: "acme", project: "shop" }) };
}

export function shopBundle(build: Build): Uint8Array {
  return bundle(filesOf(build));
}

export function sha1(bytes: Uint8Array): string {
  return createHash("sha1").update(bytes).digest("hex");
}

/** Cut into chunks, as clients do. */
export function chunksOf(bytes: Uint8Array, chunkBytes: number): Uint8Array[] {
  const count = Math.ceil(bytes.length / chunkBytes);
  return Array.from(
    { length: count },
    (_, i) => bytes.subarray(i * chunkBytes, (i + 1) * chunkBytes),
  );
}

/** The form in which chunks are sent. */
export function formOf(chunks: readonly Uint8Array[]): FormData {
  const form = new FormData();
  for (const chunk of chunks) {
    form.append("file_gzip", new Blob([new Uint8Array(gzipSync(chunk))]), sha1(chunk));
  }
  return form;
}

/** The same as the store is given it. */
export async function toChunkForm(form: FormData): Promise<ChunkForm> {
  const response = new Response(form);
  const contentType = response.headers.get("content-type")!;
  return { body: new Uint8Array(await response.arrayBuffer()), contentType };
}
