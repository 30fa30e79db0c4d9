/** One event of a Sentry client, made into a report. */
import { parseJson } from "../../store/parse_json.ts";
import type { Report } from "../../store/report.ts";
import type { DecodedReport, Delivery } from "../intake.ts";
import { breadcrumbsIn } from "./breadcrumbs.ts";
import { exceptionsIn } from "./exceptions.ts";
import { levelIn } from "./levels.ts";
import { parse } from "./envelope.ts";
import { isObject } from "../../store/is_object.ts";
import { compact, type Loose, NO_MESSAGE, objectIn } from "./loose.ts";
import { messageIn } from "./message.ts";
import { debugIdsIn, moreOf, truncatedIn } from "./more.ts";
import { eventIdIn, placeIn, tagsIn, userIn } from "./origin.ts";
import { requestIn } from "./request.ts";
import { timeIn } from "./times.ts";

/** Of an unpacked event. */
export const MAX_EVENT_BYTES = 1024 * 1024;

/** What is known beside the event itself. */
export interface Around {
  delivery: Delivery;
  /** Of the envelope; empty where there is none. */
  header: Loose;
  /** To be added to the client's times. */
  clockErrorMs: number;
}

/** The event in a payload; undefined for what is no JSON object. */
export function eventIn(payload: Uint8Array): Loose | undefined {
  const event = parse(payload);
  if (!isObject(event)) return undefined;
  const { id } = objectIn(event.user);
  // Rounded, two users would be one.
  const isRounded = typeof id === "number" && Math.abs(id) > Number.MAX_SAFE_INTEGER;
  return isRounded ? objectIn(parseJson(new TextDecoder().decode(payload))) : event;
}

/** The report of an event. Whatever is in it may be missing, null or of another type. */
export function readEvent(event: Loose, around: Around): DecodedReport {
  const { delivery, header, clockErrorMs } = around;
  const thrown = exceptionsIn(event.exception, event.threads);
  const said = messageIn(event);
  const level = levelIn(event.level) ?? "ERROR";
  const timeMs = timeIn(event.timestamp);
  const report = compact<Report>({
    svc_name: serviceOf(delivery),
    level,
    message: said.text ?? thrown?.message ?? (thrown?.error ? undefined : NO_MESSAGE),
    error: thrown?.error,
    handled: thrown?.handled,
    event_id: eventIdIn(event.event_id) ?? eventIdIn(header.event_id),
    ...requestIn(event),
    ...placeIn(event, header),
    user: userIn(event, delivery.address),
    tags: tagsIn(event.tags),
    breadcrumbs: breadcrumbsIn(event.breadcrumbs, clockErrorMs),
    truncated: truncatedIn(event._meta),
    attrs: moreOf(event, { thrown, message: said }),
  });
  return compact<DecodedReport>({
    report,
    timeMs: timeMs === undefined ? undefined : timeMs + clockErrorMs,
    debugIds: debugIdsIn(event.debug_meta),
  });
}

/** What an event calls itself does not count: anyone could name another's. */
export function serviceOf({ service, otherwise }: Delivery): string {
  return service ?? otherwise;
}
