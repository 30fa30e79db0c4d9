const TIME_BYTES = 6;

const EVENT_ID = /^[0-9a-f]{32}$/;

const OUR_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A client that knows no ids sends it with every event. */
const NO_ID = "0".repeat(32);

/** A UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds since 1970, then random bits. */
export function uuidv7(nowMs: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let i = TIME_BYTES - 1, rest = nowMs; i >= 0; i--, rest = Math.floor(rest / 256)) {
    bytes[i] = rest % 256;
  }
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${
    hex.slice(20)
  }`;
}

/** The event id that a text is, with or without dashes, in capitals or not; undefined for what is none. */
export function eventIdIn(text: string): string | undefined {
  const id = text.trim().replaceAll("-", "").toLowerCase();
  return EVENT_ID.test(id) && id !== NO_ID ? id : undefined;
}

/** Whether it is an event's id and none of ours, which are UUIDs of version 7 with their dashes. */
export function isEventId(id: string): boolean {
  return eventIdIn(id) !== undefined && !OUR_ID.test(id);
}
