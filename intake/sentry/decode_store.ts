/** The `store` route of clients before envelopes: one event, which may be base64 of zlib. */
import { Buffer } from "node:buffer";
import { decompress } from "../decompress.ts";
import { type Decoded, type Delivery, Undecodable } from "../intake.ts";
import { eventIn, MAX_EVENT_BYTES, readEvent } from "./event.ts";
import { ignored } from "./not_kept.ts";

const BASE64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/;
const BRACE = 0x7b;
const SPACES = [0x20, 0x09, 0x0a, 0x0d];

/** Reads a body of the `store` route. @throws {Undecodable} when it is no event. */
export function decodeStore(delivery: Delivery): Decoded {
  const { body, encoding } = delivery;
  const event = eventIn(
    textOf(decompress(body, { encoding, maxBytes: MAX_EVENT_BYTES })),
  );
  if (event === undefined) {
    throw new Undecodable(400, "store.unreadable", "the event is no JSON object");
  }
  if (event.type === "transaction") return { reports: [], counts: [ignored("transaction")] };
  const read = readEvent(event, { delivery, header: {}, clockErrorMs: 0 });
  return { reports: [read], counts: [], eventId: read.report.event_id };
}

function textOf(body: Uint8Array): Uint8Array {
  const first = body.find((byte) => !SPACES.includes(byte));
  if (first === BRACE) return body;
  const text = new TextDecoder().decode(body);
  if (!BASE64.test(text)) return body;
  return decompress(Buffer.from(text, "base64"), { maxBytes: MAX_EVENT_BYTES });
}
