import { createHash } from "node:crypto";

const HASH_CHARS = 12;
const TYPES = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
} as const;
const FILES = {
  "board.css": [
    "base.css",
    "controls.css",
    "frame.css",
    "parts.css",
    "charts.css",
    "errors.css",
    "error.css",
    "logs.css",
    "overview.css",
    "keys.css",
    "print.css",
  ],
  "board.js": ["board.js", "keyboard.js"],
  "icon.svg": ["icon.svg"],
} as const;

/** Also for a file that is not there. */
export function isAsset({ url }: Request): boolean {
  return /^\/board\/assets\/[^/]+$/.test(new URL(url).pathname);
}

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
  const bySegment = new Map(files.map((file) => [file.segment, file]));
  const paths = files.map(({ name, segment }) => [name, `/board/assets/${segment}`]);
  return {
    /** Addresses by name: `/board/assets/board-0123456789ab.css`. */
    paths: Object.fromEntries(paths) as Record<keyof typeof FILES, string>,
    /** By the last path segment. */
    find(segment: string): Response | undefined {
      const file = bySegment.get(segment);
      return file && new Response(file.text, {
        headers: {
          "cache-control": "public, max-age=31536000, immutable",
          "content-type": file.type,
          "x-content-type-options": "nosniff",
        },
      });
    },
  };
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
