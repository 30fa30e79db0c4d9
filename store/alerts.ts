/**
 * What people are to hear of errors, and who hears it.
 *
 * @module
 */
import type { LogRecord } from "./record.ts";
import type { ErrorSummary } from "./shapes.ts";

/** An error that people are to hear of. */
export interface Alert {
  /**
   * `new`; `back` for a resolved error that happened again, or a muted one whose mute ended with it; `rising` for an open one that
   * happens ten times as often as in its usual hour; `proved` for a resolved one whose route has worked on the release that fixes it.
   */
  kind: "new" | "back" | "rising" | "proved";
  /** The error as it now stands. */
  error: ErrorSummary;
}

/** Somebody who hears of errors. */
export interface AlertReceiver {
  /** Stands for it in the store, in all processes that send to it; not empty. Its address is a secret. */
  key: string;
  /** What it hears of: what at least one of these lets through. */
  filters: readonly AlertFilter[];
}

/** Which errors a receiver hears of. */
export interface AlertFilter {
  /** Of this service; empty: of all. */
  service: string;
  /** Whose newest occurrence is at least so severe. */
  minSeverity: number;
}

/** What there is to tell a receiver just now. */
export interface AlertTurn {
  /** To be sent and settled by the process that asked; null: nothing is due. */
  due: DueAlert | null;
  /** When to ask again, milliseconds since 1970; null: when something is noted. */
  nextMs: number | null;
}

/** A message about errors, on its way. */
export interface DueAlert {
  /** UUIDv7; stays the same however often the message is sent. */
  id: string;
  /** One message for many errors. */
  isSummary: boolean;
  /** How many errors it is about. */
  count: number;
  /** The first of them, at least one. */
  alerts: Alert[];
  /** The newest occurrence of the only one; null in a summary, and where it is not kept. */
  newest: LogRecord | null;
  /** Of the only one that is rising: how often it happened in that hour, and in its usual one. */
  rise: { count: number; usual: number } | null;
  /** How often it was taken to be sent, this time included. */
  tries: number;
}
