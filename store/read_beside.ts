/**
 * The text of a file of this package. A module from a registry of addresses (JSR) has its files there, not on the disk. No
 * import of text: Deno before 2.8 has none.
 *
 * @throws {Error} when the installation lacks it, or nothing answers there.
 */
export async function readBeside(file: URL): Promise<string> {
  // Not the asynchronous kind: for files of this size the way to another thread and back takes longer than reading.
  if (file.protocol === "file:") return Deno.readTextFileSync(file);
  const response = await fetch(file);
  if (response.ok) return await response.text();
  await response.body?.cancel();
  throw new Error(`Cannot read ${file}: the answer is ${response.status}`);
}
