/** Whom and where an event is from: user, tags, release, trace. */
import { eventIdIn as readEventId } from "../../store/ids.ts";
import { MAX_ID_CHARS, MAX_KEYS } from "../../store/limits.ts";
import type { Report, ReportedUser } from "../../store/report.ts";
import { isObject } from "../../store/is_object.ts";
import { compact, fromPairs, type Loose, objectIn, pairsIn, shorten, textIn } from "./loose.ts";

/** Asks the server to put in the address that it sees. */
const AUTO = "{{auto}}";
const MAX_TAG_CHARS = 512;
const TRACE_ID = /^[\da-f]{32}$/i;
const SPAN_ID = /^[\da-f]{16}$/i;
const MORE_OF_USER = { depth: 2, keys: 20, chars: 256 };
const USER_FIELDS = ["id", "username", "name", "email", "ip_address"];

/** Undefined for what is no event's id. */
export function eventIdIn(value: unknown): string | undefined {
  return typeof value === "string" ? readEventId(value) : undefined;
}

export function userIn(event: Loose, address: string | undefined): ReportedUser | undefined {
  const settings = objectIn(objectIn(event.sdk).settings);
  if (!isObject(event.user) && settings.infer_ip !== "auto") return undefined;
  const user = objectIn(event.user);
  const ip = textIn(user.ip_address, MAX_ID_CHARS);
  const asksForAddress = ip === AUTO || ip === undefined && settings.infer_ip === "auto";
  const fields = compact<ReportedUser>({
    id: textIn(user.id),
    name: textIn(user.username) ?? textIn(user.name),
    email: textIn(user.email),
    ip: asksForAddress ? address : ip,
  });
  const others = Object.keys(user).filter((name) => !USER_FIELDS.includes(name));
  const more = shorten(fromPairs(others.map((name) => [name, user[name]] as const)), MORE_OF_USER);
  const all = { ...more as Loose, ...fields };
  return Object.keys(all).length === 0 ? undefined : all;
}

/** One more than a record keeps, so that it says that it was cut. */
export function tagsIn(value: unknown): Record<string, string> | undefined {
  const tags: [string, string][] = [];
  for (const [name, own] of pairsIn(value, MAX_KEYS + 1)) {
    const text = textIn(own, MAX_TAG_CHARS);
    if (text !== undefined) tags.push([name, text]);
  }
  return tags.length === 0 ? undefined : fromPairs(tags);
}

type Place = Pick<Report, "release" | "environment" | "instance" | "trace_id" | "span_id">;

/** What stands in the envelope's header is of the event too. */
export function placeIn(event: Loose, header: Loose): Place {
  const trace = objectIn(objectIn(event.contexts).trace);
  const around = objectIn(header.trace);
  return compact<Place>({
    release: textIn(event.release) ?? textIn(around.release),
    environment: textIn(event.environment) ?? textIn(around.environment),
    instance: textIn(event.server_name),
    ...traceIn(trace.trace_id ?? around.trace_id, trace.span_id),
  });
}

export function traceIn(trace: unknown, span: unknown): Pick<Place, "trace_id" | "span_id"> {
  const [traceId, spanId] = [textIn(trace), textIn(span)];
  return compact<Place>({
    trace_id: traceId !== undefined && TRACE_ID.test(traceId) ? traceId.toLowerCase() : undefined,
    span_id: spanId !== undefined && SPAN_ID.test(spanId) ? spanId.toLowerCase() : undefined,
  });
}
