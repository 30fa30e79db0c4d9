import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";

const HASH_CHARS = 12;
const TYPES = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
} as const;
/** A page loads what all pages have, and one of the others: all of them would weigh more than most pages. */
const FILES = {
  "board.css": ["base.css", "controls.css", "frame.css", "parts.css", "print.css"],
  "errors.css": ["charts.css", "errors.css"],
  "error.css": ["charts.css", "error.css"],
  "logs.css": ["charts.css", "logs.css"],
  "overview.css": ["charts.css", "overview.css"],
  "services.css": ["charts.css", "services.css"],
  "board.js": ["board.js", "keyboard.js"],
  "live.js": ["live.js"],
  "icon.svg": ["icon.svg"],
} as const;

/** Also for a file that is not there. */
export function isAsset({ url }: Request): boolean {
  return /^\/board\/assets\/[^/]+$/.test(new URL(url).pathname);
}

/** A stylesheet beside that of all pages. */
export type Styles = "errors" | "error" | "logs" | "overview" | "services";

export type Assets = Awaited<ReturnType<typeof readAssets>>;

/**
 * Reads the board's own files. They are named after their content, so that browsers may keep them for good.
 *
 * @throws {Error} when the installation lacks one.
 */
export async function readAssets() {
  const files = await Promise.all(
    Object.entries(FILES).map(async ([name, parts]) => {
      const texts = parts.map((part) => readBeside(new URL(`./assets/${part}`, import.meta.url)));
      const text = packed((await Promise.all(texts)).join("\n"), name);
      const hash = createHash("sha256").update(text).digest("hex").slice(0, HASH_CHARS);
      const [stem, extension] = name.split(".") as [string, keyof typeof TYPES];
      return { name, text, segment: `${stem}-${hash}.${extension}`, type: TYPES[extension] };
    }),
  );
  const compressed = new Map<string, Uint8Array<ArrayBuffer>>();
  const bySegment = new Map(files.map((file) => [file.segment, file]));
  const paths = files.map(({ name, segment }) => [name, `/board/assets/${segment}`]);
  return {
    /** Addresses by name: `/board/assets/board-0123456789ab.css`. */
    paths: Object.fromEntries(paths) as Record<keyof typeof FILES, string>,
    /** What a request asks for by its last path segment, compressed where its sender can read that. */
    find(segment: string, { headers }: Request): Response | undefined {
      const file = bySegment.get(segment);
      if (file === undefined) return undefined;
      const isGzip = acceptsGzip(headers.get("accept-encoding") ?? "");
      return new Response(isGzip ? gzipped(file) : file.text, {
        headers: {
          "cache-control": "public, max-age=31536000, immutable",
          "content-type": file.type,
          "vary": "accept-encoding",
          "x-content-type-options": "nosniff",
          ...isGzip && { "content-encoding": "gzip" },
        },
      });
    },
  };

  /** Once for each file, when it is first asked for. */
  function gzipped({ segment, text }: { segment: string; text: string }): Uint8Array<ArrayBuffer> {
    let bytes = compressed.get(segment);
    if (bytes === undefined) compressed.set(segment, bytes = new Uint8Array(gzipSync(text)));
    return bytes;
  }
}

/** RFC 9110, section 12.5.3: a weight of zero says no. */
function acceptsGzip(accepted: string): boolean {
  return accepted.toLowerCase().split(",").some((coding) => {
    const [name, weight = "q=1"] = coding.split(";").map((part) => part.trim());
    return (name === "gzip" || name === "x-gzip") && !/^q=0(?:\.0*)?$/.test(weight);
  });
}

/** Without comments on lines of their own and without indentation; of a stylesheet two thirds are left. */
function packed(text: string, name: string): string {
  const lines = text
    .replaceAll(/^ *\/\*[\s\S]*?\*\/$/gm, "")
    .replaceAll(/^ *\/\/.*$/gm, "")
    .replaceAll(/\n\s*/g, "\n")
    .trim();
  if (!name.endsWith(".css")) return lines;
  return lines
    .replaceAll(/(?<=[{};,])\n| (?={)|;(?=\n})/g, "")
    .replaceAll(/(?<=^|[{;])([\w-]+): /g, "$1:")
    .replaceAll(/ > |, /g, (sign) => sign.trim());
}

/**
 * The text of a file of this package. A module from a registry of addresses (JSR) has its files there, not on the disk. No
 * import of text: Deno before 2.8 has none.
 *
 * @throws {Error} when the installation lacks it, or nothing answers there.
 */
async function readBeside(file: URL): Promise<string> {
  // Not the asynchronous kind: for files of this size the way to another thread and back takes longer than reading.
  if (file.protocol === "file:") return Deno.readTextFileSync(file);
  const response = await fetch(file);
  if (response.ok) return await response.text();
  await response.body?.cancel();
  throw new Error(`Cannot read ${file}: the answer is ${response.status}`);
}
