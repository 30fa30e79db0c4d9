/**
 * How many errors may be opened: a program whose every failure is a new error must not fill the store, and the alerts, with more
 * errors than anybody can read.
 */
import { createHash } from "node:crypto";
import { cleanText } from "./rows.ts";
import type { Group } from "../store.ts";
import type { Failure } from "./tally.ts";
import { HOUR_MS } from "../times.ts";

/** New errors of one service within an hour of the clock. Its further failures are one error, which says so. */
export const NEW_ERRORS_AN_HOUR = 1_000;

/** Services with errors of their own. New errors of further ones are one error, which says so. */
export const MAX_SERVICES = 1_000;

/** Stands for the services beyond {@linkcode MAX_SERVICES}; the space distinguishes it from names that programs have. */
const OTHER_SERVICES = "other services";

const KEY_CHARS = 32;

/** A service, and how many errors it has opened in which hour. */
export interface ServiceRow {
  svc_name: string;
  /** Hours since 1970, by the server's clock. */
  hour: number;
  opened: number;
}

export interface OpeningsOptions {
  /** The rows of the services at hand; none for one that is new. */
  rows: readonly ServiceRow[];
  services: number;
  limit: number;
  nowMs: number;
}

/** Decides which new errors may be opened, and counts them. */
export class Openings {
  readonly #rows: Map<string, ServiceRow>;
  readonly #changed = new Set<ServiceRow>();
  readonly #decided = new Map<string, Group | undefined>();
  readonly #limit: number;
  readonly #hour: number;
  #services: number;

  constructor({ rows, services, limit, nowMs }: OpeningsOptions) {
    this.#rows = new Map(rows.map((row) => [row.svc_name, { ...row }]));
    this.#services = services;
    this.#limit = limit;
    this.#hour = Math.floor(nowMs / HOUR_MS);
  }

  get changed(): ServiceRow[] {
    return [...this.#changed];
  }

  /**
   * The failure as it is to be recorded: itself where its error may be opened, else as one of the overflow's.
   *
   * @param key Of the error that it would open.
   */
  admit<F extends Failure>(failure: F, key: string): F {
    const { group, record } = failure.entry;
    if (!this.#decided.has(key)) this.#decided.set(key, this.#open(cleanText(record.svc_name)));
    const overflow = this.#decided.get(key);
    if (overflow === undefined) return failure;
    // Its own masked message: the variants show what has overflowed.
    const masked = group!.masked;
    return { ...failure, entry: { ...failure.entry, group: { ...overflow, masked } } };
  }

  /** The overflow's group, when no more may be opened. */
  #open(service: string): Group | undefined {
    const row = this.#rows.get(service) ?? this.#addService(service);
    if (row === undefined) return overflowGroup(OTHER_SERVICES, tooManyServices());
    if (row.hour !== this.#hour) Object.assign(row, { hour: this.#hour, opened: 0 });
    if (row.opened >= this.#limit) return overflowGroup(service, tooManyErrors(this.#limit));
    row.opened++;
    this.#changed.add(row);
  }

  #addService(name: string): ServiceRow | undefined {
    if (this.#services >= MAX_SERVICES) return undefined;
    this.#services++;
    const row = { svc_name: name, hour: this.#hour, opened: 0 };
    this.#rows.set(name, row);
    return row;
  }
}

/** One error for each service, so that it opens once and can be resolved or muted like any other. */
function overflowGroup(service: string, title: string): Group {
  const parts = [`service: ${service}`, "overflow: errors beyond the bound"];
  return {
    key: createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, KEY_CHARS),
    rule: "overflow",
    parts,
    type: "TooManyErrors",
    title,
    masked: title,
    location: service,
  };
}

function tooManyErrors(limit: number): string {
  return `more than ${limit} new errors within an hour: the further ones are counted here`;
}

function tooManyServices(): string {
  return `more than ${MAX_SERVICES} services: new errors of the further ones are counted here`;
}
