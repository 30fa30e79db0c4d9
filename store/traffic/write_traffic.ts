/** What a write counts beside its records: its requests and their releases, in its own transaction. */
import type { Session, Statement } from "../drivers/database.ts";
import { sharedLock } from "../drivers/locks.ts";
import type { DatedEntry } from "../log/dated.ts";
import { type BatchTraffic, countRequests } from "./count_requests.ts";
import {
  addToReleases,
  findReleases,
  type NotedReleases,
  noteReleases,
  type ReleaseName,
  type ReleaseRow,
} from "./releases.ts";
import { addTraffic, findSeries, Series, type SeriesRow } from "./series.ts";

/** The counts of one write. Its methods are called in their order. */
export class WriteTraffic {
  readonly #nowMs: number;
  #entries: readonly DatedEntry[] = [];
  #batch: BatchTraffic = { minutes: [], releases: [] };
  #series = new Series([]);
  #releases: NotedReleases | undefined;

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  /** What has to be known of these entries. */
  reads(session: Session, entries: readonly DatedEntry[]): Statement[] {
    this.#entries = entries;
    this.#batch = countRequests(entries, this.#nowMs);
    return [
      ...sharedLock(session, "forgetting"),
      findSeries(this.#batch.minutes),
      findReleases(this.#batch.releases),
    ];
  }

  /**
   * Takes the entries that are new to the store, and the last two answers to {@linkcode WriteTraffic.reads}. What it gives says
   * of each release whether this write is the first to name it.
   */
  async note(
    session: Session,
    fresh: readonly DatedEntry[],
    answers: readonly unknown[][],
  ): Promise<NotedReleases> {
    const [series, releases] = answers.slice(-2);
    if (fresh.length < this.#entries.length) this.#batch = countRequests(fresh, this.#nowMs);
    this.#series = new Series(series as SeriesRow[]);
    this.#releases = await noteReleases(session, this.#batch.releases, releases as ReleaseRow[]);
    await this.#series.admit(session, this.#batch.minutes, this.#nowMs);
    return this.#releases;
  }

  /** The requests by series and minute. */
  get minutes(): BatchTraffic["minutes"] {
    return this.#batch.minutes;
  }

  /** An error has come back in this release. */
  countReturn({ svc_name, release }: ReleaseName): void {
    const count = this.#batch.releases.find((each) =>
      each.svc_name === svc_name && each.release === release
    );
    if (count !== undefined) count.came_back++;
  }

  /** The last statements of the transaction: rows that all instances share are locked for a short time, in one order. */
  statements(): Statement[] {
    return [
      ...addToReleases(this.#batch.releases, this.#releases!),
      ...addTraffic(this.#batch.minutes, this.#series, this.#nowMs),
    ];
  }
}
