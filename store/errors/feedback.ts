/**
 * What people wrote about an event: a note on its occurrence, in the history of the error. One about an event that has not come waits for it.
 */
import type { Database, Session } from "../drivers/database.ts";
import { eventIdIn } from "../ids.ts";
import { MAX_NOTE_CHARS } from "../limits.ts";
import type { FeedbackNote } from "../store.ts";
import { nowToKeep } from "../times.ts";
import { type EventKey, serviceOf } from "./events.ts";
import { actorOf, cleanText } from "./rows.ts";

/** What the history says of who wrote it; a name may follow. */
const ACTOR = "user feedback";

/** Notes of this kind in the history of one error: anybody on a page may write them. */
const MAX_NOTES = 50;

/** Notes that wait for their event, of all services and of one. */
const MAX_WAITING = 10_000;
const MAX_SERVICE_WAITING = 1_000;

/** A note whose event has not come for so long is forgotten. */
const MAX_WAIT_MS = 24 * 60 * 60 * 1000;

/** Of those whose event is there. The same again, from a journal, is no second note. Values: ids of events. */
const ATTACH = `
  insert into holdfast.history (error, time, action, actor, note, occurrence)
  select held.error, waiting.time, 'noted', waiting.actor, waiting.note, held.error_id
  from holdfast.waiting_notes as waiting join holdfast.occurrences as held
    on held.event_id = waiting.event_id and held.event_service = waiting.service
  where waiting.event_id = any ($1) and not exists (
    select 1 from holdfast.history as there where there.error = held.error
      and there.actor = waiting.actor and there.note = waiting.note
      and there.occurrence = held.error_id
  ) and (
    select count(*) from holdfast.history as there
    where there.error = held.error and there.actor like '${ACTOR}%'
  ) < ${MAX_NOTES}
  order by waiting.id`;

const ATTACHED = `
  delete from holdfast.waiting_notes where event_id = any ($1) and exists (
    select 1 from holdfast.occurrences as held where held.event_id = waiting_notes.event_id
      and held.event_service = waiting_notes.service
  )`;

/** Keeps a note: {@linkcode Store.noteFeedback}. */
export async function noteFeedback(db: Database, note: FeedbackNote): Promise<boolean> {
  const eventId = eventIdIn(note.event_id);
  const text = cleanText(note.text).slice(0, MAX_NOTE_CHARS).toWellFormed().trim();
  if (eventId === undefined || text === "") return false;
  const service = serviceOf(note.svc_name);
  const actor = actorOf(note.author?.trim() ? `${ACTOR}: ${note.author.trim()}` : ACTOR);
  return await db.transaction(async (session) => {
    const waiting = (await session.get<{ all_notes: number; own: number }>(
      `select count(*) as all_notes, count(*) filter (where service = $1) as own
       from holdfast.waiting_notes`,
      [service],
    ))!;
    if (waiting.all_notes >= MAX_WAITING || waiting.own >= MAX_SERVICE_WAITING) return false;
    await session.run(
      `insert into holdfast.waiting_notes (event_id, service, time, actor, note)
       values ($1, $2, $3, $4, $5)`,
      [eventId, service, nowToKeep(), actor, text],
    );
    await attachNotes(session, [eventId]);
    return true;
  });
}

/** After events were stored: what waited for them becomes notes. Part of a transaction. */
export async function attachNotesOf(session: Session, events: readonly EventKey[]): Promise<void> {
  if (events.length === 0) return;
  const waiting = await session.all<{ event_id: string }>(
    "select event_id from holdfast.waiting_notes where event_id = any ($1)",
    [events.map(({ id }) => id)],
  );
  await attachNotes(session, waiting.map(({ event_id }) => event_id));
}

async function attachNotes(session: Session, eventIds: readonly string[]): Promise<void> {
  if (eventIds.length === 0) return;
  await session.batch([ATTACH, ATTACHED].map((sql) => ({ sql, values: [eventIds] })));
}

/**
 * One step of retention: what met its event while both were being stored by different processes, and what has waited too long. Part
 * of a transaction.
 */
export async function tendNotes(session: Session, nowMs: number): Promise<void> {
  const missed = await session.all<{ event_id: string }>(
    `select waiting.event_id from holdfast.waiting_notes as waiting
     join holdfast.occurrences as held
       on held.event_id = waiting.event_id and held.event_service = waiting.service
     where waiting.time > 0`,
  );
  await attachNotes(session, missed.map(({ event_id }) => event_id));
  await session.run("delete from holdfast.waiting_notes where time < $1", [nowMs - MAX_WAIT_MS]);
}
