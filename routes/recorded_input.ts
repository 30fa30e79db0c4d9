/** What the log keeps of a request's body: of one that a handler has read, and of reports that were refused. */
import { snapshot } from "../logging/mod.ts";
import type { HonoContext } from "../modules/hono.ts";

/** Of a body that was read as bytes: a record keeps fewer characters than these make. */
const MAX_DECODED_BYTES = 256 * 1024;
const TEXTS =
  /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml)\b|application\/x-www-form-urlencoded\b)/i;

/** Whether the handler has read its body through `c.req`. A loop: this runs for every request. */
export function hasReadBody({ req: { bodyCache } }: HonoContext): boolean {
  for (const _ in bodyCache) return true;
  return false;
}

/** The body, where the handler has read it through `c.req`: never read behind its back, and never waited for. */
export async function recordedInput({ req }: HonoContext): Promise<string | undefined> {
  const { text, formData, json, arrayBuffer, blob } = req.bodyCache;
  const reading = text ?? formData ?? json ?? arrayBuffer ?? blob;
  try {
    // What the handler has not waited for may never come.
    const read: unknown = await Promise.race([reading, undefined]);
    if (read === undefined || typeof read === "string") return read;
    if (read instanceof FormData) return snapshot(fieldsOf(read));
    const type = req.raw.headers.get("content-type") ?? "";
    if (read instanceof ArrayBuffer) return bytesOf(read, type);
    if (read instanceof Blob) return snapshot({ type, size: read.size });
    return snapshot(read);
  } catch {
    return undefined;
  }
}

/** Of files their name, type and size. */
function fieldsOf(form: FormData): Record<string, unknown> {
  return Object.fromEntries(
    [...new Set(form.keys())].map((name) => {
      const values = form.getAll(name).map((value) =>
        value instanceof File ? { file: value.name, type: value.type, size: value.size } : value
      );
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

/** A text that was read as bytes, to check its signature for instance, is kept as a text. */
function bytesOf(bytes: ArrayBuffer, type: string): string {
  if (!TEXTS.test(type)) return snapshot({ type, size: bytes.byteLength });
  const length = Math.min(bytes.byteLength, MAX_DECODED_BYTES);
  return new TextDecoder().decode(new Uint8Array(bytes, 0, length));
}

/**
 * The JSON text of reports that were refused, for people who look for the mistake; reports that were taken are records of their own.
 * Without the users in them: what is kept of users is decided where a report is taken.
 */
export function refusedInput(value: unknown): string {
  return snapshot(Array.isArray(value) ? value.map(withoutUser) : withoutUser(value));
}

function withoutUser(report: unknown): unknown {
  if (typeof report !== "object" || report === null || Array.isArray(report)) return report;
  return { ...report, user: undefined };
}
