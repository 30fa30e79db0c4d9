import { createHash } from "node:crypto";
import { FAILURE_SEVERITY, SEVERITY } from "../../store/record.ts";
import type { DecodedReport } from "../intake.ts";

const ID_CHARS = 32;

/**
 * OpenTelemetry gives records no id, and an exporter that got no answer sends the same request again: failures get an id made of
 * what they say, so that the second is known. Equal ones of one request are numbered.
 */
export function withEventIds(reports: readonly DecodedReport[]): DecodedReport[] {
  const seen = new Map<string, number>();
  return reports.map((decoded) => {
    const { report, timeMs } = decoded;
    // Without a time it gets the one of its arrival, which is another at the second time.
    if (SEVERITY[report.level] < FAILURE_SEVERITY || timeMs === undefined) return decoded;
    const { svc_name, message, trace_id, span_id, error, instance, attrs } = report;
    const said = JSON.stringify([
      svc_name,
      instance,
      timeMs,
      trace_id,
      span_id,
      message,
      error,
      attrs,
    ]);
    const count = (seen.get(said) ?? 0) + 1;
    seen.set(said, count);
    const event_id = createHash("sha256").update(`${count}:${said}`).digest("hex").slice(
      0,
      ID_CHARS,
    );
    return { ...decoded, report: { ...report, event_id } };
  });
}
