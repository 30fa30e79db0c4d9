import { FIELDS, readRecord } from "./batch.ts";
import type { Counters } from "./counters.ts";
import type { IntakeClient } from "../intake_client.ts";
import { print } from "../print.ts";
import type { FromWorker, SinkName, WorkerSettings } from "../protocol.ts";
import { MAX_DEATHS, outline, quarantine } from "./quarantine.ts";
import type { Batch, Queue } from "./queue.ts";
import { SideSinks } from "./side_sinks.ts";
import type { StoreClient } from "../store_client.ts";
import { type Death, HANG_AFTER_MS, Supervisor } from "../engine/supervisor.ts";
import { SEVERITY } from "../../store/record.ts";
import { isoTime } from "../../store/times.ts";

/**
 * After so many records in a row that the store refuses for good, the store is to blame, not the records. Then the log gives it
 * a sound record that reports this: a sender of bad records alone cannot make the store count as unready.
 */
const MAX_REFUSED_IN_A_ROW = 10;
/** A batch waits this long for more records. */
const POST_AFTER_MS = 5;

export interface DeliveryOptions {
  settings: Omit<WorkerSettings, "cursors" | "formerIntakes" | "nowMs" | "activity">;
  workerUrl: URL;
  hangAfterMs?: number;
  client: StoreClient;
}

interface Source {
  intake: IntakeClient;
  /** Records trouble with the log itself. */
  onTrouble: (severity: number, message: string, attrs?: Record<string, unknown>) => void;
  queue: Queue;
  counters: Counters;
  onOpen: () => void;
  /** The queue has got shorter, or a sink is up or down. */
  onChange: () => void;
}

/** Brings the queue's batches to the worker, handles its answers, and sets aside records that end workers. */
export class Delivery {
  readonly sideSinks: SideSinks;
  readonly #options: DeliveryOptions & Source;
  readonly #supervisor: Supervisor;
  readonly #ready = Promise.withResolvers<void>();
  readonly #alertsFinished = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<void>();
  #postTimer: ReturnType<typeof setTimeout> | undefined;
  #lastPostMs = 0;
  #rejections = 0;
  #refusedInARow = 0;
  #wasOpen = false;

  constructor(options: DeliveryOptions & Source) {
    this.#options = options;
    // Nobody has to await it; one who does reports a failed start.
    this.#ready.promise.catch(() => {});
    const { settings, queue, counters, client, intake, onTrouble, hangAfterMs = HANG_AFTER_MS } =
      options;
    this.sideSinks = new SideSinks({ queue, counters, onTrouble });
    this.#supervisor = new Supervisor({
      settings: () => ({ ...settings, cursors: queue.cursors, formerIntakes: intake.formers }),
      workerUrl: options.workerUrl,
      hangAfterMs,
      client,
      intake,
      isWaiting: () => queue.isAwaited || client.isAsking || intake.isAsking,
      onOpen: () => this.#onOpen(),
      onDeath: (death) => this.#onDeath(death),
      onMessage: (message) => this.#onMessage(message),
    });
  }

  /** Settles when the store is open; rejects with one sentence when it cannot be. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Whether the store has refused so many records that they are not to blame. */
  get doesStoreRefuse(): boolean {
    return this.#refusedInARow >= MAX_REFUSED_IN_A_ROW;
  }

  /** Posts what waits, soon; at once when it is urgent and the last post is not recent. */
  postSoon({ isUrgent }: { isUrgent: boolean }): void {
    if (isUrgent && performance.now() - this.#lastPostMs > POST_AFTER_MS) this.post();
    else this.#postTimer ??= setTimeout(() => this.post(), POST_AFTER_MS);
  }

  /** Posts what waits, as far as the sinks' credit goes. */
  post(): void {
    clearTimeout(this.#postTimer);
    this.#postTimer = undefined;
    if (!this.#supervisor.isOpen) return;
    const { queue } = this.#options;
    queue.seal();
    for (const { batch: { id, bytes, fields, lines }, sinks } of queue.post()) {
      this.#supervisor.send(
        lines
          ? { type: "lines", id, sinks, bytes, lines }
          : { type: "batch", id, sinks, bytes, fields },
      );
    }
    this.#lastPostMs = performance.now();
  }

  /** Before the end: a store that failed is tried again at once, as its pause may be longer than the time left. */
  hurry(): void {
    this.#supervisor.send({ type: "hurry" });
  }

  /** Lets the worker send the last alerts. */
  async finishAlerts(forMs: number): Promise<void> {
    if (this.#supervisor.send({ type: "finish alerts", forMs })) await this.#alertsFinished.promise;
  }

  /** Lets the worker finish its writes and end. */
  async end(): Promise<void> {
    if (!this.#supervisor.send({ type: "close" })) return;
    await Promise.all([this.#ended.promise, this.#options.intake.ended]);
  }

  stop(): void {
    this.#supervisor.stop();
    clearTimeout(this.#postTimer);
  }

  #onOpen(): void {
    if (!this.#wasOpen) this.#options.onOpen();
    this.#wasOpen = true;
    this.#ready.resolve();
    this.post();
  }

  #onDeath({ sentence, wasOpen, batch, index }: Death): void {
    const { queue, counters, intake, onTrouble, onChange } = this.#options;
    counters.restarts++;
    intake.disconnect();
    queue.unpost();
    this.sideSinks.forget();
    const blamed = queue.find(batch);
    if (blamed && ++blamed.deaths >= MAX_DEATHS) this.#quarantine(blamed, index);
    const message = `The log's worker ended and is replaced: ${sentence}`;
    onTrouble(SEVERITY.WARN, message);
    // No worker may ever start, so that a record of it would never be printed.
    if (!wasOpen) void this.#print(message);
    onChange();
  }

  #print(message: string): Promise<void> {
    const { format, isCollected } = this.#options.settings.console;
    const text = format === "pretty"
      ? message
      : JSON.stringify({ time: new Date().toISOString(), level: "WARN", message });
    return print(text, { to: "stderr", isCollected });
  }

  #quarantine(batch: Batch, index: number): void {
    const { settings: { bootId, dataDir }, queue, onTrouble } = this.#options;
    const line = batch.lines?.[index];
    const at = index * FIELDS;
    if (line === undefined && at >= batch.fields.length) return;
    const record = line === undefined ? readRecord(batch.fields, at) : undefined;
    let where = "";
    try {
      quarantine(dataDir, record ? outline(record, bootId) : { time: isoTime(Date.now()), line });
      where = ` in ${dataDir}/quarantine.ndjson`;
    } catch {
      // A full disk: the record is counted and reported all the same.
    }
    queue.setAside(batch, index);
    onTrouble(
      SEVERITY.ERROR,
      `A log record ended ${MAX_DEATHS} workers and is set aside${where}`,
      record && { seq: record.seq, request_id: record.requestId, error_id: record.errorId },
    );
  }

  #onMessage(message: FromWorker): void {
    switch (message.type) {
      case "progress":
        return this.#onProgress(message.cursors);
      case "rejected":
        return this.#onRejected(message);
      case "replayed":
        return this.#onReplayed(message);
      case "intake replayed":
        return this.#options.intake.onReplayed(message);
      case "sink":
        return this.#onSink(message);
      case "refused":
        return this.sideSinks.refuse(message);
      case "trouble":
        return this.#options.onTrouble(SEVERITY.WARN, message.sentence);
      case "closed":
        return this.#ended.resolve();
      case "failed":
        return this.#ready.reject(new Error(message.sentence));
      case "alerts finished":
        return this.#alertsFinished.resolve();
    }
  }

  #onProgress(cursors: Partial<Record<SinkName, number>>): void {
    const { queue, onChange } = this.#options;
    const accepted = queue.accept(cursors);
    if (accepted.records > 0) this.#refusedInARow = 0;
    if (accepted.batches > 0) this.#supervisor.noteProgress();
    this.sideSinks.skip();
    onChange();
    this.post();
  }

  #onSink({ sink, up, isGood = up, sentence }: Extract<FromWorker, { type: "sink" }>): void {
    const { onTrouble, onChange } = this.#options;
    this.sideSinks.note(sink, up);
    onTrouble(isGood ? SEVERITY.INFO : SEVERITY.WARN, sentence);
    onChange();
    this.post();
  }

  #onRejected({ batch, seq, severity, sentence }: Extract<FromWorker, { type: "rejected" }>): void {
    const { queue, onTrouble } = this.#options;
    // A replayed record is in no batch. One that waits is counted once, also when two workers report it.
    if (batch > 0) {
      if (!queue.reject(batch, { seq, severity })) return;
      this.#refusedInARow++;
    }
    // Reported at 1, 2, 4, 8 …: a store that takes nothing at all takes no record of that either.
    const count = ++this.#rejections;
    const isStoreToBlame = this.#refusedInARow === MAX_REFUSED_IN_A_ROW;
    if ((count & (count - 1)) !== 0 && !isStoreToBlame) return;
    const attrs = { seq, rejected_since_start: count };
    onTrouble(SEVERITY.WARN, `The store can never take a record: ${sentence}`, attrs);
  }

  #onReplayed({ path, records, torn, aside }: Extract<FromWorker, { type: "replayed" }>): void {
    const { settings: { dataDir }, counters, onTrouble } = this.#options;
    counters.replayed += records;
    counters.quarantined += aside;
    if (aside > 0) {
      onTrouble(
        SEVERITY.ERROR,
        `A log record of an earlier process ended ${MAX_DEATHS} more and is set aside in ` +
          `${dataDir}/quarantine.ndjson`,
        { records: aside, file: path },
      );
    }
    onTrouble(
      SEVERITY.INFO,
      `Replayed ${records} log records that an earlier process left in its journal`,
      { records, torn },
    );
  }
}
