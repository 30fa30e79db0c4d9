/** Secrets of a service that only this machine can reach: made once, each in a file that only its owner can read. */

const SECRET_BYTES = 16;
const SECRET = /^[0-9a-f]{32}$/;
const FILE_MODE = 0o600;

export function readSecret(path: string): string | undefined {
  try {
    const text = Deno.readTextFileSync(path).trim();
    return SECRET.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** The secret that is kept, or a new one; it ends with this process where the disk does not take it. */
export function keepSecret(path: string): { secret: string; isKept: boolean } {
  const kept = readSecret(path);
  if (kept !== undefined) return { secret: kept, isKept: true };
  const secret = crypto.getRandomValues(new Uint8Array(SECRET_BYTES)).toHex();
  // A name of its own: what a killed start left does not matter.
  const whole = `${path}-${crypto.randomUUID()}`;
  try {
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(whole, `${secret}\n`, { createNew: true, mode: FILE_MODE });
    place(whole, path);
  } catch {
    return { secret, isKept: false };
  }
  return { secret: readSecret(path) ?? secret, isKept: true };
}

/** Whole or not at all: a start beside this one reads the file as soon as it is there. Of two at once the first is kept. */
function place(whole: string, path: string): void {
  try {
    Deno.linkSync(whole, path);
  } catch {
    // No links on this disk, or what is there is no secret.
    if (readSecret(path) === undefined) return Deno.renameSync(whole, path);
  }
  Deno.removeSync(whole);
}
