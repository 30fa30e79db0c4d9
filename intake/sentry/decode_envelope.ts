/** What is in an envelope, item by item. */
import { decompress } from "../decompress.ts";
import type { Count, Decoded, DecodedReport, Delivery, Feedback, Turns } from "../intake.ts";
import { Undecodable } from "../intake.ts";
import { type EnvelopeItem, MAX_ENVELOPE_BYTES, parse, readEnvelope } from "./envelope.ts";
import { type Around, eventIn, MAX_EVENT_BYTES, readEvent } from "./event.ts";
import { readFeedback, readUserReport } from "./feedback.ts";
import { readLogs } from "./logs.ts";
import type { Loose } from "./loose.ts";
import { addUp, damaged, ignored, readClientReport } from "./not_kept.ts";
import { eventIdIn } from "./origin.ts";
import { readSecurity } from "./decode_security.ts";
import { clockErrorMs } from "./times.ts";

/** Collects what the items hold. */
interface Found {
  reports: DecodedReport[];
  feedback: Feedback[];
  counts: Count[];
}

type ReadItem = (item: EnvelopeItem, around: Around, found: Found) => void;

/** All others are counted. */
const KEPT: Readonly<Record<string, ReadItem>> = {
  event: readEventItem,
  security: readSecurityItem,
  raw_security: readSecurityItem,
  user_report: readUserReportItem,
  feedback: readFeedbackItem,
  client_report: ({ payload }, _around, { counts }) => {
    counts.push(...readClientReport(parse(payload)));
  },
};

/** Reads a body of the `envelope` route. @throws {Undecodable} when nothing of it can be read. */
export async function decodeEnvelope(delivery: Delivery, turns?: Turns): Promise<Decoded> {
  const { body, encoding, receivedMs } = delivery;
  const unpacked = decompress(body, { encoding, maxBytes: MAX_ENVELOPE_BYTES });
  const { header, items } = readEnvelope(unpacked);
  const around = { delivery, header, clockErrorMs: clockErrorMs(header, receivedMs) };
  const found: Found = { reports: [], feedback: [], counts: [] };
  const logs = items.filter(({ type }) => type === "log");
  for (const item of items) {
    if (item.type === "log") continue;
    const over = turns?.next();
    if (over) await over;
    const read = Object.hasOwn(KEPT, item.type) ? KEPT[item.type] : undefined;
    if (read) readOne(item, { read, around, found });
    else found.counts.push(ignored(item.type, item.header));
  }
  // Last: some repeat what is in an event.
  const events = [...found.reports];
  for (const { payload } of logs) {
    const over = turns?.next();
    if (over) await over;
    const { reports, counts } = readLogs(parse(payload), around, events);
    found.reports.push(...reports);
    found.counts.push(...counts);
  }
  const eventId = events.find(({ report }) => report.event_id)?.report.event_id;
  return {
    reports: found.reports,
    feedback: found.feedback,
    counts: addUp(found.counts),
    eventId: eventId ?? eventIdIn(header.event_id),
  };
}

/** What no reader foresees costs its own item, and none of those that came with it. */
function readOne(
  item: EnvelopeItem,
  { read, around, found }: { read: ReadItem; around: Around; found: Found },
): void {
  try {
    read(item, around, found);
  } catch (error) {
    if (error instanceof Undecodable) throw error;
    found.counts.push(damaged(item.type === "event" ? "error" : item.type));
  }
}

function readEventItem({ payload }: EnvelopeItem, around: Around, found: Found): void {
  if (payload.length > MAX_EVENT_BYTES) throw tooLarge();
  const event = eventIn(payload);
  if (event === undefined) found.counts.push(damaged("error"));
  else takeEvent(event, around, found);
}

/** An old client's transaction is an event that says so. */
function takeEvent(event: Loose, around: Around, found: Found): void {
  if (event.type === "transaction") found.counts.push(ignored("transaction"));
  else found.reports.push(readEvent(event, around));
}

function readSecurityItem({ payload }: EnvelopeItem, { delivery }: Around, found: Found): void {
  if (payload.length > MAX_EVENT_BYTES) throw tooLarge();
  const { reports, counts } = readSecurity(parse(payload), delivery);
  found.reports.push(...reports);
  found.counts.push(...counts);
}

function readUserReportItem({ payload }: EnvelopeItem, _around: Around, found: Found): void {
  const note = readUserReport(parse(payload));
  if (note === undefined) found.counts.push(damaged("feedback"));
  else found.feedback.push(note);
}

function readFeedbackItem({ payload }: EnvelopeItem, around: Around, found: Found): void {
  if (payload.length > MAX_EVENT_BYTES) throw tooLarge();
  const read = readFeedback(parse(payload), around);
  if (read === undefined) found.counts.push(damaged("feedback"));
  else if ("note" in read) found.feedback.push(read.note);
  else found.reports.push(read.report);
}

function tooLarge(): Undecodable {
  const sentence = `an event has more than ${MAX_EVENT_BYTES / 1024 / 1024} MiB`;
  return new Undecodable(413, "event.too_large", sentence);
}
