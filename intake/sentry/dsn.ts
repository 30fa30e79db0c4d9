import { isObject } from "../../store/is_object.ts";
import { parse } from "./envelope.ts";

/** A first line that is longer names nobody: it is read on the main thread, for a key alone. */
export const MAX_LINE_BYTES: number = 16 * 1024;
export const NEWLINE = 0x0a;

/** The address that a client is given: `http://KEY@host/shop/1`. */
export interface Dsn {
  readonly key: string;
  /** Of old clients. */
  readonly secret?: string | undefined;
  /** What stands before the project: `shop`. */
  readonly prefix: string;
  readonly project: string;
}

/** What an envelope's first line says of whom it is for: all that a tunnel knows. Undefined where it does not say. */
export function dsnOf(body: Uint8Array): Dsn | undefined {
  const newline = body.subarray(0, MAX_LINE_BYTES).indexOf(NEWLINE);
  const end = newline < 0 ? body.length : newline;
  if (end > MAX_LINE_BYTES) return undefined;
  const header = parse(body.subarray(0, end));
  return isObject(header) && typeof header.dsn === "string" ? readDsn(header.dsn) : undefined;
}

/** The parts of a DSN. Undefined for a text that is none. */
export function readDsn(text: string): Dsn | undefined {
  const url = URL.parse(text);
  if (url === null || url.username === "") return undefined;
  const parts = url.pathname.split("/").filter((part) => part !== "").map(decoded);
  const project = parts.pop();
  if (project === undefined) return undefined;
  return {
    key: decoded(url.username),
    secret: url.password === "" ? undefined : decoded(url.password),
    prefix: parts.join("/"),
    project,
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
