/** Parts of a report that clients send beside the usual: frames, breadcrumbs, headers. */
import { isObject } from "../store/is_object.ts";
import * as v from "valibot";
import { LEVELS } from "../store/record.ts";
import { isoTime, wholeNumber } from "./inputs.ts";

const lineNumber = wholeNumber(0, Number.MAX_SAFE_INTEGER);
const anything = v.custom<Record<string, unknown>>(isObject, "must be an object");

const frame = v.looseObject({
  function: v.optional(v.string()),
  module: v.optional(v.string()),
  file: v.optional(v.string()),
  line: v.optional(lineNumber),
  column: v.optional(lineNumber),
  in_app: v.optional(v.boolean()),
  context_line: v.optional(v.string()),
  pre_context: v.optional(v.array(v.string())),
  post_context: v.optional(v.array(v.string())),
  vars: v.optional(v.pipe(anything, v.metadata({ type: "object" }))),
}, "must be an object");

const breadcrumb = v.looseObject({
  time: v.optional(isoTime),
  category: v.optional(v.string()),
  level: v.optional(v.picklist(LEVELS)),
  message: v.optional(v.string()),
  data: v.optional(v.pipe(anything, v.metadata({ type: "object" }))),
}, "must be an object");

/** The first wrong one is named: ten thousand may be. */
const FIRST_FAULT = { abortEarly: true } as const;

/** The stack in parts, the nearest frame first. */
export const frames = v.config(v.array(frame, "must be an array of frames"), FIRST_FAULT);

/** What happened before a failure, the oldest first. */
export const breadcrumbs = v.config(
  v.array(breadcrumb, "must be an array of breadcrumbs"),
  FIRST_FAULT,
);

const HEADER = { type: ["string", "number", "array"], items: { type: "string" } };

/** Headers of the request; those of the allow-list are kept. */
export const headers = v.pipe(
  v.custom<Record<string, string>>(
    isHeaders,
    "must be an object of texts, numbers and lists of texts",
  ),
  v.metadata({ type: "object", additionalProperties: HEADER }),
);

function isHeaders(value: unknown): boolean {
  return isObject(value) && Object.values(value).every(isHeader);
}

function isHeader(value: unknown): boolean {
  const values = Array.isArray(value) ? value : [value];
  return values.every((one) => typeof one === "string" || typeof one === "number");
}
