/** Where alerts go, as the configuration says it and the log's worker takes it. */

import type { AlertFilter } from "./store.ts";

/** What a receiver's messages are like. */
export const ALERT_FORMATS = [
  "slack",
  "mattermost",
  "discord",
  "teams",
  "telegram",
  "ntfy",
  "mail",
  "json",
] as const;

export type AlertFormat = (typeof ALERT_FORMATS)[number];

/** One receiver. Plain data, so that it can cross to the worker. */
export interface AlertTarget {
  readonly format: AlertFormat;
  /** Without what narrows it. A secret: it is never shown. */
  readonly url: string;
  /** What it is called where its address must not be. */
  readonly name: string;
  /** What it hears of: what at least one of these lets through. */
  readonly filters: readonly AlertFilter[];
}
