const TIME_DIGITS = 12;

const EVENT_ID = /^[0-9a-f]{32}$/;

const OUR_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A client that knows no ids sends it with every event. */
const NO_ID = "0".repeat(32);

/** A UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds since 1970, then random bits. */
export function uuidv7(nowMs: number = Date.now()): string {
  const time = Math.floor(nowMs).toString(16).padStart(TIME_DIGITS, "0").slice(-TIME_DIGITS);
  // Of version 4, whose random bits stand at the same places behind the version's digit.
  const random = crypto.randomUUID().slice("xxxxxxxx-xxxx-4".length);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random}`;
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
