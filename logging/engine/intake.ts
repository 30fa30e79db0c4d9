import { setImmediate } from "node:timers/promises";
import { Arrivals, Late, type Turn, TURN_MS } from "./arrivals.ts";
import { decode } from "../../intake/decode.ts";
import {
  type Count,
  type DecodedReport,
  type Delivery,
  type Feedback,
  type Taken,
  Undecodable,
} from "../../intake/intake.ts";
import type { MapReader } from "../../intake/open_maps.ts";
import type { SourceMaps } from "../../intake/source_maps.ts";
import { IntakeQueue, type Prepared } from "./intake_queue.ts";
import type { DeliveryMessage, SinkName, WorkerSettings } from "../protocol.ts";
import { createEncoder, type EncodedLine, type Encoder } from "../records/encode.ts";
import { createRedactor, type Redactor } from "../redact/redact.ts";
import { RecordMaker } from "../records/record_maker.ts";
import type { SinkFeeds } from "../sinks/sink_feeds.ts";
import { uuidv7 } from "../../store/ids.ts";
import { MAX_NOTE_CHARS } from "../../store/limits.ts";
import { FAILURE_SEVERITY } from "../../store/record.ts";
import type { Report } from "../../store/report.ts";
import { ServiceNames } from "../../store/service_names.ts";
import { type Entry, type Store, StoreBusy } from "../../store/store.ts";

/** What was read in a turn and is written together, at most. */
const MAX_GROUP_CHARS = 1024 * 1024;

/** Of one delivery: each is a transaction. */
const MAX_NOTES = 100;

const NOTHING: readonly Count[] = [];

export interface IntakeOptions {
  settings: WorkerSettings;
  feeds: SinkFeeds;
  /** Runs each call that may wait for the disk. */
  blocking: <Result>(call: () => Result) => Result;
  /** How far the main thread's `performance.now()` is ahead of this one's. */
  aheadMs: number;
  /** Stores what a person wrote about an event. False: it is not kept. Rejects with `StoreBusy` while the store takes nothing. */
  noteFeedback: Store["noteFeedback"];
  /** Where source maps are read. */
  maps: MapReader;
  onTrouble: (sentence: string) => void;
  onCrash: (error: unknown) => void;
}

/**
 * The worker's side of the intake: reads deliveries, makes records of them, and answers each when its records are on disk. Its
 * records have a boot id of their own, so that they can be counted here.
 */
export class Intake {
  readonly bootId: string = uuidv7();
  readonly #options: IntakeOptions;
  readonly #maker: RecordMaker;
  readonly #encoder: Encoder;
  readonly #redactor: Redactor;
  readonly #names = new ServiceNames();
  readonly #queue: IntakeQueue;
  readonly #port: MessagePort;
  readonly #arrived = new Arrivals();
  #prepared: Prepared[] = [];
  #preparedChars = 0;
  #running: Promise<void> | undefined;
  #isClosed = false;
  #unforeseen = 0;
  #maps: Promise<SourceMaps> | undefined;

  /** `port` is this thread's end of the channel. */
  constructor(port: MessagePort, options: IntakeOptions) {
    this.#options = options;
    this.#port = port;
    const { settings, feeds, onTrouble } = options;
    const { bootId } = this;
    this.#maker = new RecordMaker({ ...settings, bodies: "on" });
    this.#encoder = createEncoder({ ...settings, bootId });
    this.#redactor = createRedactor({ names: settings.redactNames });
    this.#queue = new IntakeQueue({
      settings,
      bootId,
      feeds,
      blocking: options.blocking,
      post: (update) => port.postMessage(update),
      onTrouble,
      onCrash: options.onCrash,
    });
    port.onmessage = ({ data }: MessageEvent<DeliveryMessage>) => {
      this.#arrived.push(data);
      this.#wake();
    };
  }

  /** The store can never take this record of the intake. */
  reject(entry: Entry): void {
    this.#queue.reject(entry);
  }

  /** Reads no more. What was answered stays on disk until it is stored. */
  stop(): void {
    this.#isClosed = true;
    this.#arrived.clear();
  }

  /** Posts the last counts; after the sinks' last writes. `lacking`: what sinks beside the store will not get. */
  close({ lacking }: { lacking: Partial<Record<SinkName, number>> }): void {
    this.#queue.close(lacking);
    this.#port.close();
  }

  #wake(): void {
    this.#running ??= this.#run().catch(this.#options.onCrash);
  }

  /** In turns: what was read in one is written to disk at once and answered together. */
  async #run(): Promise<void> {
    // Else it might be over before `#wake()` has noted that it runs.
    await undefined;
    while ((this.#arrived.hasNext || this.#prepared.length > 0) && !this.#isClosed) {
      const endMs = performance.now() + TURN_MS;
      while (performance.now() < endMs && this.#preparedChars < MAX_GROUP_CHARS) {
        const message = this.#arrived.next();
        if (message === undefined) break;
        // Not awaited: one that waits for something holds up no other.
        void this.#prepare(message);
        await undefined;
      }
      await setImmediate();
      if (!this.#isClosed) this.#keep();
    }
    this.#running = undefined;
  }

  async #prepare(message: DeliveryMessage): Promise<void> {
    const { id, delivery, deadlineMs } = message;
    const endMs = deadlineMs - this.#options.aheadMs;
    const turn = this.#arrived.turnOf(message, endMs);
    try {
      // Throws where nobody waits for it any more.
      void turn.next();
      const decoded = await decode(delivery, turn);
      const { reports, feedback = [] } = decoded;
      if (reports.some(hasDebugIds)) await turn.outside(() => this.#applyMaps(reports));
      const refused = feedback.length > 0
        ? await turn.outside(() => this.#noteAll(feedback, delivery))
        : NOTHING;
      const { records, ignored } = await this.#recordsOf(reports, { delivery, turn });
      const counts = [
        ...decoded.counts.map((count) => this.#countedBy(count, delivery)),
        ...refused,
        ...ignored,
      ];
      const taken: Taken = {
        status: 200,
        eventId: decoded.eventId,
        records: countByService(records),
        counts,
        damaged: decoded.damaged,
      };
      const chars = records.reduce((sum, { line }) => sum + line.length, 0);
      this.#prepared.push({ id, taken, records, chars, endMs, reporter: delivery.reporter ?? "" });
      this.#preparedChars += chars;
    } catch (error) {
      this.#queue.answer(id, this.#refusal(error, delivery));
    } finally {
      turn.end();
    }
    this.#wake();
  }

  #keep(): void {
    const group = this.#prepared;
    this.#prepared = [];
    this.#preparedChars = 0;
    this.#queue.keep(group);
  }

  /** Loaded when the first event comes that may have a map. */
  async #applyMaps(reports: readonly DecodedReport[]): Promise<void> {
    this.#maps ??= import("../../intake/source_maps.ts")
      .then(({ SourceMaps }) => new SourceMaps(this.#options.maps));
    await (await this.#maps).apply(reports);
  }

  /** Notes have no journal: they are answered when the store has them. Gives those that it does not keep. */
  async #noteAll(
    feedback: readonly Feedback[],
    { service, otherwise }: Delivery,
  ): Promise<readonly Count[]> {
    const { settings: { keepUser }, noteFeedback } = this.#options;
    let refused = Math.max(feedback.length - MAX_NOTES, 0);
    for (const { eventId, text, author } of feedback.slice(0, MAX_NOTES)) {
      const isKept = await noteFeedback({
        svc_name: service ?? otherwise,
        event_id: eventId,
        text: this.#redactor.text(text, MAX_NOTE_CHARS),
        // A name or an e-mail address.
        author: keepUser === "full" ? author : undefined,
      });
      if (!isKept) refused++;
    }
    if (refused === 0) return NOTHING;
    return [{ outcome: "refused", category: "feedback", reason: "limit", quantity: refused }];
  }

  async #recordsOf(
    reports: readonly DecodedReport[],
    { delivery, turn }: { delivery: Delivery; turn: Turn },
  ): Promise<{ records: EncodedLine[]; ignored: readonly Count[] }> {
    const records: EncodedLine[] = [];
    let ignored = 0;
    const { reporter } = delivery;
    for (const { report, timeMs } of reports) {
      const over = turn.next();
      if (over) await over;
      const named = this.#named(report, delivery);
      const raw = this.#maker.ofReport(named, { reporter, timeMs, staysHere: true });
      if (raw.severity >= this.#maker.minimum || raw.severity >= FAILURE_SEVERITY) {
        records.push(this.#encoder.encode(raw));
      } else {
        ignored++;
      }
    }
    if (ignored === 0) return { records, ignored: NOTHING };
    const what = { outcome: "ignored", category: "log_item", reason: "level" } as const;
    return { records, ignored: [{ ...what, quantity: ignored }] };
  }

  /** Under the name that it is kept by: a key that belongs to no service has a bounded number of them. */
  #named(report: Report, { service, reporter = "" }: Delivery): Report {
    const { svc_name, attrs } = report;
    const name = service ?? this.#names.nameOf(svc_name, reporter);
    if (name === svc_name) return report;
    return { ...report, svc_name: name, attrs: { ...attrs, reported_svc_name: svc_name } };
  }

  /** What is not kept is counted by the same names. */
  #countedBy(count: Count, { service, reporter = "" }: Delivery): Count {
    if (count.service === undefined) return count;
    return { ...count, service: service ?? this.#names.nameOf(count.service, reporter) };
  }

  /** An error that no decoder foresees is ours, but the client can do nothing about it: its words are not to be sent again. */
  #refusal(error: unknown, { protocol, client }: Delivery): Taken {
    if (error instanceof Undecodable) {
      return { status: error.status, code: error.code, sentence: error.message };
    }
    if (error instanceof Late) {
      return { status: 503, code: "intake.busy", sentence: "too many reports wait to be read" };
    }
    if (error instanceof StoreBusy) {
      return { status: 503, code: "intake.busy", sentence: "the store takes nothing just now" };
    }
    const count = ++this.#unforeseen;
    // Reported at 1, 2, 4, 8 …: the client may send it again and again.
    if ((count & (count - 1)) === 0) {
      const what = `A delivery (${protocol}) of ${client ?? "an unnamed client"}`;
      this.#options.onTrouble(`${what} could not be read: ${String(error)}`);
    }
    return { status: 400, code: "intake.unreadable", sentence: "these reports cannot be read" };
  }
}

function hasDebugIds({ debugIds }: DecodedReport): boolean {
  return debugIds !== undefined;
}

function countByService(records: readonly EncodedLine[]): Record<string, number> {
  const counts: Record<string, number> = Object.create(null);
  for (const { head: { svc_name } } of records) counts[svc_name] = (counts[svc_name] ?? 0) + 1;
  return counts;
}
