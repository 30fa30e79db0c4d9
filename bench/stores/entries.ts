/**
 * Records as the service makes them of small requests: about 500 bytes a line.
 *
 * @module
 */
import { maskMessage } from "../../store/grouping/mask_message.ts";
import { uuidv7 } from "../../store/ids.ts";
import { type LogRecord, SEVERITY } from "../../store/record.ts";
import type { Entry } from "../../store/store.ts";

/** How many of the records fail, and at how many different errors. */
export interface Mix {
  /** Of a hundred records. */
  failuresPercent: number;
  /** Different errors; Infinity: each failure is one that was never seen. */
  errors: number;
}

/** No failures. */
export const PLAIN: Mix = { failuresPercent: 0, errors: 1 };

/** The records of one process. */
export class Maker {
  readonly #bootId = uuidv7();
  readonly #mix: Mix;
  /** Instances do not meet the same errors in step. */
  readonly #offset = Math.floor(Math.random() * 1000);
  #seq = 0;

  /** Makes records of this mix. */
  constructor(mix: Mix = PLAIN) {
    this.#mix = mix;
  }

  /** So many more. */
  batch(count: number): Entry[] {
    return Array.from({ length: count }, () => this.#entry());
  }

  #entry(): Entry {
    const seq = ++this.#seq;
    // 37 and 100 share no factor: failures come spread, not in a row.
    const isFailure = (seq + this.#offset) * 37 % 100 < this.#mix.failuresPercent;
    const record: LogRecord = {
      time: new Date().toISOString(),
      level: isFailure ? "ERROR" : "INFO",
      severity: isFailure ? SEVERITY.ERROR : SEVERITY.INFO,
      svc_name: "/orders",
      message: isFailure ? `order ${seq} cannot be charged` : `GET /orders/${seq} 200`,
      request_id: uuidv7(),
      method: "GET",
      route: "/orders/:id",
      path: `/orders/${seq}?user_type=guest`,
      status: isFailure ? 500 : 200,
      duration_ms: 1.25,
      input: { query_content: `order ${seq}`, user_type: "guest" },
      output: { content: { order: seq, state: "paid", lines: 3 }, content_status: "return" },
      boot_id: this.#bootId,
      seq,
      release: "v1",
      instance: "host-1:42",
    };
    if (!isFailure) return { record, line: JSON.stringify(record) };
    return this.#failure(record);
  }

  #failure(record: LogRecord): Entry {
    const { errors } = this.#mix;
    const key = errors === Infinity
      ? `${this.#bootId} ${record.seq}`
      : `k${(record.seq + this.#offset) % errors}`;
    const stack = Array.from(
      { length: 5 },
      (_, i) => `    at charge${i} (file:///app/modules/orders.ts:${10 + i}:7)`,
    );
    record.error_id = uuidv7();
    record.error = {
      type: "TypeError",
      message: record.message,
      stack: [`TypeError: ${record.message}`, ...stack].join("\n"),
    };
    const group = {
      key,
      rule: "frames",
      parts: ["TypeError", key],
      type: "TypeError",
      title: record.message,
      masked: maskMessage(record.message),
      location: "charge0 (modules/orders.ts)",
    } as const;
    return { record, line: JSON.stringify(record), group: { ...group, parts: [...group.parts] } };
  }
}
