/** A log record of OpenTelemetry, made into a report. */
import { FAILURE_SEVERITY, type Level, SEVERITY } from "../../store/record.ts";
import type { ReportedError } from "../../store/report.ts";
import type { DecodedReport } from "../intake.ts";
import { errorOfText, plainText, takeException, withPrintedCode } from "./exceptions.ts";
import { levelOfSeverity } from "./levels.ts";
import type { Origin } from "./origin.ts";
import { takeRequest } from "./request.ts";
import { EXCEPTION_EVENT, type LogItem, millisecondsOf } from "./telemetry.ts";
import { isObject } from "../../store/is_object.ts";
import type { Attributes } from "./values.ts";

/** What Deno calls an error that ends the program: its level is TRACE, its text the stack. */
export const UNCAUGHT_EVENT = "uncaught_exception";

/** `attributes` become fields, and what is left `attrs`. */
export function logReport(
  log: LogItem,
  { origin, scope }: { origin: Origin; scope: string },
): DecodedReport {
  const rest: Attributes = Object.assign(Object.create(null), log.attributes);
  const request = takeRequest(rest);
  const isUncaught = log.eventName === UNCAUGHT_EVENT;
  const text = typeof log.body === "string" ? plainText(log.body).trimEnd() : undefined;
  const said = levelOfSeverity(log.severityNumber, log.severityText);
  const taken = takeException(rest);
  const error = taken === undefined
    ? errorIn(text, { said, isUncaught })
    : withPrintedCode(taken, text ?? "");
  const level = isUncaught ? "ERROR" : said ?? (error === undefined ? "INFO" : "ERROR");
  const { attrs, ...from } = origin;
  return {
    timeMs: millisecondsOf(log.time) ?? millisecondsOf(log.observed),
    report: {
      ...from,
      ...request,
      level,
      message: messageOf(log.body, { text, error }) ?? (error ? undefined : log.eventName),
      error,
      module: scope || undefined,
      trace_id: log.traceId || undefined,
      span_id: log.spanId || undefined,
      ...(isUncaught && { handled: false }),
      ...(log.isCut && { truncated: ["attrs"] }),
      attrs: { ...attrs, ...moreOf(log, { text, error }), ...rest },
    },
  };
}

/** A text at ERROR may have an error printed in it. Below that it is a log record, whatever it says. */
function errorIn(
  text: string | undefined,
  { said, isUncaught }: { said: Level | undefined; isUncaught: boolean },
): ReportedError | undefined {
  if (text === undefined) return undefined;
  const isFailure = said !== undefined && SEVERITY[said] >= FAILURE_SEVERITY;
  return isFailure || isUncaught ? errorOfText(text) : undefined;
}

interface Read {
  text: string | undefined;
  error: ReportedError | undefined;
}

function messageOf(body: unknown, { text, error }: Read): string | undefined {
  if (text !== undefined) {
    return isPrinted(text, error) ? text.split("\n", 1)[0] : text || undefined;
  }
  if (isObject(body)) {
    const said = body.message ?? body.msg;
    return typeof said === "string" && said !== "" ? said : JSON.stringify(body);
  }
  if (body === null || body === undefined) return undefined;
  return typeof body === "object" ? JSON.stringify(body) : String(body);
}

/** What has no field of its own. */
function moreOf(log: LogItem, { text, error }: Read): Attributes {
  const more: Attributes = {};
  const { body, eventName } = log;
  // Behind the frames Deno prints properties and causes.
  if (text !== undefined && isPrinted(text, error)) {
    if (!text.endsWith(error?.stack?.trimEnd() ?? "")) more.body = text;
  } else if (typeof body === "object" && body !== null) more.body = body;
  const isKnown = eventName === EXCEPTION_EVENT || eventName === UNCAUGHT_EVENT;
  if (eventName !== "" && !isKnown) more["event.name"] = eventName;
  return more;
}

/** Whether the text is the error itself with its frames: the first line says it, and the stack stands in the error. */
function isPrinted(text: string, error: ReportedError | undefined): boolean {
  return error !== undefined && /\n(?: +at \S|Traceback \(most recent)/.test(text);
}
