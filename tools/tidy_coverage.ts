/**
 * Removes coverage files that are torn, because their process was killed while it wrote them: `deno coverage` reads none
 * when one is torn. Only what that process would have reported is missing.
 */

const FOLDER = "coverage";
/** How a whole file ends: it is one JSON object. */
const END = "}".charCodeAt(0);

if (import.meta.main) {
  const torn = tidyCoverage(FOLDER);
  if (torn > 0) console.log(`Removed ${torn} torn coverage files`);
}

/** Gives how many files it has removed. */
export function tidyCoverage(folder: string): number {
  const paths = Array.from(Deno.readDirSync(folder), ({ name }) => `${folder}/${name}`);
  const torn = paths.filter((path) => lastByteOf(path) !== END);
  for (const path of torn) Deno.removeSync(path);
  return torn.length;
}

/** There are a hundred thousand files: none is read whole. */
function lastByteOf(path: string): number | undefined {
  using file = Deno.openSync(path);
  const { size } = file.statSync();
  if (size === 0) return undefined;
  const byte = new Uint8Array(1);
  file.seekSync(size - 1, Deno.SeekMode.Start);
  file.readSync(byte);
  return byte[0];
}
