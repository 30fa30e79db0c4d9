/** What a write counts of its records: requests, levels and releases, in its own transaction. */
import type { Session, Statement } from "../drivers/database.ts";
import { type DatedEntry, isFailure } from "../log/dated.ts";
import { type BatchTraffic, countRequests } from "./count_requests.ts";
import { keepWaiting } from "./fold.ts";
import {
  findReleases,
  type KnownReleases,
  NotedReleases,
  noteReleases,
  type ReleaseName,
  type ReleaseRow,
} from "./releases.ts";

/** The counts of one write. Its methods are called in their order. */
export class WriteTraffic {
  readonly #nowMs: number;
  readonly #known: KnownReleases;
  #entries: readonly DatedEntry[] = [];
  #batch: BatchTraffic = { minutes: [], releases: [] };
  #isAsking = false;
  #releases = new NotedReleases([]);

  /** What comes later than `nowMs` counts as now. */
  constructor(nowMs: number, known: KnownReleases) {
    this.#nowMs = nowMs;
    this.#known = known;
  }

  /** What has to be known of these entries: whether a release is new, and of a failure how it stands among the others. */
  reads(entries: readonly DatedEntry[]): Statement[] {
    this.#entries = entries;
    this.#batch = countRequests(entries, this.#nowMs);
    this.#isAsking = entries.some(isFailure) ||
      this.#batch.releases.some((release) => !this.#known.has(release));
    return this.#isAsking ? [findReleases(this.#batch.releases)] : [];
  }

  /**
   * Takes the entries that are new to the store, and the answers to {@linkcode WriteTraffic.reads}. What it gives says of each
   * release whether this write is the first to name it; nothing where no release is new and nothing has failed.
   */
  async note(
    session: Session,
    fresh: readonly DatedEntry[],
    answers: readonly unknown[][],
  ): Promise<NotedReleases> {
    if (fresh.length < this.#entries.length) this.#batch = countRequests(fresh, this.#nowMs);
    if (!this.#isAsking) return this.#releases;
    const known = answers[0] as ReleaseRow[];
    return this.#releases = await noteReleases(session, this.#batch.releases, known);
  }

  /** The requests by series and minute. */
  get requests(): BatchTraffic["minutes"] {
    return this.#batch.minutes.filter(({ requests }) => requests > 0);
  }

  /** The releases that have a row, once the transaction is over. */
  get releases(): readonly ReleaseName[] {
    return this.#releases.all;
  }

  /** An error has come back in this release. */
  countReturn({ svc_name, release }: ReleaseName): void {
    const count = this.#batch.releases.find((each) =>
      each.svc_name === svc_name && each.release === release
    );
    if (count !== undefined) count.came_back++;
  }

  /** What is written last. */
  statements(): Statement[] {
    return keepWaiting(this.#batch);
  }
}
