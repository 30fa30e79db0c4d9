/** What people wrote about an event. */
import { cut, MAX_NOTE_CHARS } from "../../store/limits.ts";
import type { DecodedReport, Feedback } from "../intake.ts";
import { type Around, readEvent } from "./event.ts";
import { isObject } from "../../store/is_object.ts";
import { compact, type Loose, objectIn, textIn } from "./loose.ts";
import { eventIdIn } from "./origin.ts";

/** A `user_report`: `{event_id, name, email, comments}`. Undefined for one without an event or words. */
export function readUserReport(value: unknown): Feedback | undefined {
  const { event_id: id, comments, name, email } = objectIn(value);
  const eventId = eventIdIn(id);
  const text = wordsIn(comments);
  if (eventId === undefined || text === undefined) return undefined;
  return compact<Feedback>({ eventId, text, author: textIn(name) ?? textIn(email) });
}

/** A `feedback`: an event with the words in its contexts. Without an event that it is about, it is a log record. */
export function readFeedback(
  value: unknown,
  around: Around,
): { note: Feedback } | { report: DecodedReport } | undefined {
  if (!isObject(value)) return undefined;
  const about = objectIn(objectIn(value.contexts).feedback);
  const text = wordsIn(about.message);
  if (text === undefined) return undefined;
  const eventId = eventIdIn(about.associated_event_id);
  const author = textIn(about.name) ?? textIn(about.contact_email);
  if (eventId !== undefined) return { note: compact<Feedback>({ eventId, text, author }) };
  return { report: asRecord(value, { text, author, around }) };
}

/** Whoever wrote it is the user, so that `KEEP_USER` decides what is kept. */
function asRecord(
  value: Loose,
  { text, author, around }: { text: string; author: string | undefined; around: Around },
): DecodedReport {
  const { contexts, message: _message, logentry: _logentry, exception: _exception, ...rest } =
    value;
  const { feedback, ...others } = objectIn(contexts);
  const { message: _text, name: _name, contact_email: email, ...about } = objectIn(feedback);
  const event = { ...rest, contexts: { ...others, feedback: about }, level: "info" };
  const { report, ...decoded } = readEvent(event, around);
  const user = { ...report.user, email: report.user?.email ?? textIn(email), name: author };
  return { ...decoded, report: { ...report, message: text, user: compact(user) } };
}

function wordsIn(value: unknown): string | undefined {
  const text = typeof value === "string" ? value.trim() : "";
  return text === "" ? undefined : cut(text, MAX_NOTE_CHARS);
}
