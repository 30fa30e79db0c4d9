/** Sentry's envelope: lines of JSON, and between them payloads whose length may be told or not. */
import { Undecodable } from "../intake.ts";
import { isObject } from "../../store/is_object.ts";
import { type Loose, numberIn } from "./loose.ts";

/** Of an unpacked envelope. */
export const MAX_ENVELOPE_BYTES = 20 * 1024 * 1024;
/** Clients send a handful in one; each costs two lines to read. */
const MAX_ITEMS = 1_000;
/** Of a header's line: attachments have names in theirs. */
const MAX_HEADER_BYTES = 64 * 1024;
const NEWLINE = 0x0a;
const RETURN = 0x0d;

export interface Envelope {
  header: Loose;
  items: EnvelopeItem[];
}

export interface EnvelopeItem {
  header: Loose;
  /** `event`, `log`, `client_report`; empty where the header does not say. */
  type: string;
  payload: Uint8Array;
}

/**
 * What is in an envelope. An item with `length` may have anything in it; one without ends with its line.
 *
 * @throws {Undecodable} for a header that is no JSON object, and for an item that is not as long as it says.
 */
export function readEnvelope(body: Uint8Array): Envelope {
  const lines = new Lines(body);
  const header = headerIn(lines.next());
  const items: EnvelopeItem[] = [];
  while (lines.skipEmpty()) {
    if (items.length === MAX_ITEMS) {
      const sentence = `the envelope has more than ${MAX_ITEMS} items`;
      throw new Undecodable(413, "envelope.too_many_items", sentence);
    }
    const itemHeader = headerIn(lines.next());
    const type = typeof itemHeader.type === "string" ? itemHeader.type : "";
    items.push({ header: itemHeader, type, payload: payloadOf(itemHeader, lines) });
  }
  return { header, items };
}

function headerIn(line: Uint8Array): Loose {
  const header = line.length > MAX_HEADER_BYTES ? undefined : parse(line);
  if (isObject(header)) return header;
  throw new Undecodable(400, "envelope.unreadable", "a header of the envelope is no JSON object");
}

function payloadOf(header: Loose, lines: Lines): Uint8Array {
  if (header.length === undefined || header.length === null) return lines.next();
  const length = numberIn(header.length);
  const payload = length === undefined ? undefined : lines.take(length);
  if (payload !== undefined) return payload;
  throw new Undecodable(400, "envelope.wrong_length", "an item is not as long as its header says");
}

class Lines {
  readonly #body: Uint8Array;
  #at = 0;

  constructor(body: Uint8Array) {
    this.#body = body;
  }

  /** To the end of the line, or of the body. */
  next(): Uint8Array {
    const newline = this.#body.indexOf(NEWLINE, this.#at);
    const end = newline < 0 ? this.#body.length : newline;
    const line = this.#body.subarray(this.#at, end);
    this.#at = end + 1;
    return line;
  }

  /** So many bytes; nothing where there are fewer, or where they do not end with a line or the body. */
  take(bytes: number): Uint8Array | undefined {
    const end = this.#at + bytes;
    if (!Number.isInteger(bytes) || bytes < 0 || end > this.#body.length) return undefined;
    if (end < this.#body.length && !this.#isLineEnd(end)) return undefined;
    const taken = this.#body.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  /** False at the end. */
  skipEmpty(): boolean {
    while (this.#at < this.#body.length && this.#isLineEnd(this.#at)) this.#at++;
    return this.#at < this.#body.length;
  }

  #isLineEnd(at: number): boolean {
    return this.#body[at] === NEWLINE || this.#body[at] === RETURN;
  }
}

/** Bytes that are no UTF-8 are replaced; undefined for what is no JSON. */
export function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    return undefined;
  }
}

const decoder = new TextDecoder();
