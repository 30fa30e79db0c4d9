import type { RawRecord } from "../../logging/queue/batch.ts";
import { SEVERITY } from "../../store/record.ts";

/** A record as the main thread has it. */
export function rawRecord(parts: Partial<RawRecord> & { seq: number }): RawRecord {
  return {
    timeMs: Date.UTC(2026, 10, 22),
    severity: SEVERITY.INFO,
    svcName: "/test",
    module: null,
    message: "",
    requestId: null,
    traceId: null,
    spanId: null,
    method: null,
    route: null,
    path: null,
    status: null,
    durationMs: null,
    input: null,
    output: null,
    errorId: null,
    error: null,
    attrs: null,
    release: null,
    environment: null,
    user: null,
    tags: null,
    handled: null,
    more: null,
    flags: 0,
    ...parts,
  };
}
