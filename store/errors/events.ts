/**
 * Events of other systems' clients. Each has an id that its client gave it, unique within a service, and may come twice: some clients
 * send again when a connection was closed before the answer.
 *
 * An event that comes again is known as long as an occurrence of it is kept, whichever process stored it. One that was pruned
 * since, or was below ERROR and has none, is known by the process that stored it, among the last
 * {@linkcode RECENT_EVENTS} to {@linkcode RECENT_EVENTS} × 2.
 */
import type { Session } from "../drivers/database.ts";
import type { DatedEntry } from "../log/dated.ts";
import { eventIdIn } from "../ids.ts";
import { MAX_NAME_CHARS } from "../limits.ts";
import type { LogRecord } from "../record.ts";
import { headOf } from "../store.ts";
import { cleanText } from "./rows.ts";

/** Some five megabytes. */
const RECENT_EVENTS = 50_000;

/** An event, as its service knows it. */
export interface EventKey {
  id: string;
  service: string;
}

/** The event that a record is; undefined where no client named one. */
export function eventOf(
  { event_id, svc_name }: Pick<LogRecord, "event_id" | "svc_name">,
): EventKey | undefined {
  const id = event_id === undefined ? undefined : eventIdIn(event_id);
  return id === undefined ? undefined : { id, service: serviceOf(svc_name) };
}

/** A service, as events and what belongs to them are kept under it. */
export function serviceOf(name: string): string {
  return cleanText(name).slice(0, MAX_NAME_CHARS).toWellFormed();
}

/** Events in one text each. */
export function textOf({ id, service }: EventKey): string {
  return `${id} ${service}`;
}

/** What came of a look at a batch. */
export interface SiftedEvents {
  /** What has not come before. */
  fresh: readonly DatedEntry[];
  /** The events among them, to be remembered when they are stored. */
  events: readonly EventKey[];
}

/** The events that one process stored last. */
export class RecentEvents {
  #young = new Set<string>();
  #old = new Set<string>();

  /** Leaves out events that have come before. Part of a transaction. */
  async sift(session: Session, entries: readonly DatedEntry[]): Promise<SiftedEvents> {
    const events = entries.map(({ entry }) => eventOf(headOf(entry)));
    const ids = new Set(events.flatMap((event) => event?.id ?? []));
    if (ids.size === 0) return { fresh: entries, events: [] };
    const kept = await session.all<EventKey>(
      `select event_id as id, event_service as service from holdfast.occurrences
       where event_id = any ($1)`,
      [[...ids]],
    );
    const known = new Set(kept.map(textOf));
    const isNew = (event: EventKey) => {
      const text = textOf(event);
      if (known.has(text) || this.#young.has(text) || this.#old.has(text)) return false;
      known.add(text);
      return true;
    };
    const isFresh = events.map((event) => event === undefined || isNew(event));
    return {
      fresh: entries.filter((_, i) => isFresh[i]),
      events: events.filter((event, i) => event !== undefined && isFresh[i]) as EventKey[],
    };
  }

  /** After they were stored. */
  remember(events: readonly EventKey[]): void {
    for (const event of events) {
      if (this.#young.size >= RECENT_EVENTS) {
        this.#old = this.#young;
        this.#young = new Set();
      }
      this.#young.add(textOf(event));
    }
  }
}
