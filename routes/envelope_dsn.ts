/** The DSN in an envelope's first line: all that says whose it is where no header does, as in a tunnel. */
import { type Dsn, dsnOf, MAX_LINE_BYTES, NEWLINE } from "../intake/sentry/dsn.ts";

const GZIP_START = 0x1f;

/** What came so far of a body. */
export interface SoFar {
  bytes: Uint8Array;
  isAll: boolean;
  encoding: string | undefined;
}

/** Undefined as long as more of the body is needed; an empty object where it names nobody. */
export async function envelopeDsn(
  { bytes, isAll, encoding }: SoFar,
): Promise<{ dsn?: Dsn | undefined } | undefined> {
  if (encoding === undefined && bytes[0] !== GZIP_START) {
    const hasLine = bytes.includes(NEWLINE) || bytes.length > MAX_LINE_BYTES;
    return hasLine || isAll ? { dsn: dsnOf(bytes) } : undefined;
  }
  // Loaded with the first such body: hardly any client sends one.
  const { firstBytes, MAX_PACKED_BYTES } = await import("../intake/first_bytes.ts");
  if (!isAll && bytes.length < MAX_PACKED_BYTES) return undefined;
  return { dsn: dsnOf(await firstBytes(bytes, encoding)) };
}
