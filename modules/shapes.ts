/** The shapes of answers, for `openapi.json` and the typed client: the store's own, and what modules make of them. */
import * as v from "valibot";
import {
  BREADCRUMB,
  ERROR_INFO,
  LEVELS,
  LOG_RECORD,
  RECORDED_FRAME,
  RECORDED_USER,
  SEVERITY,
} from "../store/record.ts";
import type { Fields, Shape, Words } from "../store/shape.ts";
import {
  ERROR_DETAIL,
  ERROR_KEY,
  ERROR_SUMMARY,
  FACET_SHARE,
  HISTORY_ENTRY,
  INTAKE_COUNT,
  KEY_SUMMARY,
  LOG_PAGE,
  OCCURRENCE,
  OCCURRENCE_DETAIL,
  OUTCOMES,
  PAGE,
  PROOF,
  RECEIPT,
  RELEASE,
  REMOVED,
  RULES,
  type StateCounts,
  STATES,
  TAG_SHARES,
  TRAFFIC_ROW,
  VARIANT,
} from "../store/shapes.ts";
import type { JsonSchema, Schema } from "./module.ts";

/** Where `openapi.json` has the shapes that have a name. */
export const SCHEMAS = "#/components/schemas/";

/** The words for fields that have no name in `openapi.json`. */
const PLAIN = {
  string: { type: "string" },
  time: { type: "string", format: "date-time" },
  integer: { type: "integer" },
  number: { type: "number" },
  boolean: { type: "boolean" },
  true: { const: true },
  unknown: {},
  strings: { type: "object", additionalProperties: { type: "string" } },
  object: { type: "object" },
} satisfies Partial<Record<keyof Words, JsonSchema>>;

/** The shapes that have a name, as `openapi.json` has them. */
export const COMPONENTS: Readonly<Record<Exclude<keyof Words, keyof typeof PLAIN>, JsonSchema>> = {
  Level: { enum: LEVELS },
  Severity: { enum: Object.values(SEVERITY) },
  State: { enum: STATES },
  Rule: { enum: RULES },
  ErrorInfo: object(ERROR_INFO),
  RecordedFrame: object(RECORDED_FRAME),
  Breadcrumb: object(BREADCRUMB),
  RecordedUser: object(RECORDED_USER),
  LogRecord: object(LOG_RECORD),
  ErrorKey: object(ERROR_KEY),
  Variant: object(VARIANT),
  FacetShare: object(FACET_SHARE),
  TagShares: object(TAG_SHARES),
  HistoryEntry: object(HISTORY_ENTRY),
  Proof: object(PROOF),
  Receipt: object(RECEIPT),
  ErrorSummary: object(ERROR_SUMMARY),
  ErrorDetail: object({ ...ERROR_SUMMARY, ...ERROR_DETAIL }),
  Occurrence: object(OCCURRENCE),
  OccurrenceDetail: object({ ...OCCURRENCE, ...OCCURRENCE_DETAIL }),
  Trends: { type: "object", additionalProperties: typed("integer[]") },
  Outcome: { enum: OUTCOMES },
  KeySummary: object(KEY_SUMMARY),
  IntakeCount: object(INTAKE_COUNT),
  Release: object(RELEASE),
  TrafficRow: object(TRAFFIC_ROW),
};

/** A shape by its name. */
export function named<Name extends keyof Words>(name: Name): Schema<Words[Name]> {
  return described(typed(name));
}

/** A shape of its own. */
export function answer<const Of extends Fields>(fields: Of): Schema<Shape<Of>> {
  return described(object(fields));
}

export const errorPage = answer({ errors: ["ErrorSummary[]", "The errors."], ...PAGE });

export const occurrencePage = answer({
  occurrences: ["Occurrence[]", "The occurrences, the newest first."],
  ...PAGE,
});

export const logPage = answer({
  logs: ["LogRecord[]", "The records, the newest first."],
  ...LOG_PAGE,
});

export const errorList = answer({ errors: ["ErrorSummary[]", "Those that are there."] });

export const trendsById = answer({
  trends: ["Trends", "Occurrences an hour for 24 hours, the oldest first, by the error's id."],
});

export const stateCounts: Schema<StateCounts> = described(object(
  Object.fromEntries(STATES.map((state) => [state, ["integer", "Counted up to 10,000."]])),
));

export const removed = answer(REMOVED);

export const keyList = answer({
  keys: ["KeySummary[]", "The keys: those of the environment, then the newest first."],
});

export const madeKey = answer({
  ...KEY_SUMMARY,
  key: ["string", "The key itself: a secret one is never shown again."],
  dsn: ["string", "What Sentry's clients are given."],
});

export const intakeCountList = answer({
  counts: ["IntakeCount[]", "The counts, the largest first, at most 500."],
});

export const releasePage = answer({
  releases: ["Release[]", "The releases, those that appeared last first."],
  ...PAGE,
});

export const trafficRows = answer({
  traffic: ["TrafficRow[]", "The counts, the oldest first; nothing where nothing was asked."],
});

const BOTH_LISTS = {
  errors: ["ErrorSummary[]", "The errors."],
  logs: ["LogRecord[]", "The log records."],
  ...LOG_PAGE,
} as const;

export const receiptOrSearch: Schema<Words["Receipt"] | Shape<typeof BOTH_LISTS>> = described({
  anyOf: [typed("Receipt"), object(BOTH_LISTS)],
});

export const reportResults = v.object({
  accepted: v.pipe(v.number(), v.integer()),
  ids: v.array(v.string()),
  results: v.array(v.union([
    v.object({ id: v.string() }),
    v.object({ error_code: v.string(), error: v.string() }),
  ])),
});

/** As Standard Schema has it; answers are not checked against it. */
function described<Content>(schema: JsonSchema): Schema<Content> {
  return {
    "~standard": {
      version: 1,
      vendor: "holdfast",
      validate: (value) => ({ value: value as Content }),
      jsonSchema: { input: () => schema, output: () => schema },
    },
  };
}

function object(fields: Fields): JsonSchema {
  const entries = Object.entries(fields);
  return {
    type: "object",
    required: entries.filter(([, [type]]) => !type.endsWith("?")).map(([name]) => name),
    properties: Object.fromEntries(
      entries.map(([name, [type, meaning]]) => [name, { ...typed(type), description: meaning }]),
    ),
  };
}

/** The JSON Schema of a field's type: see {@linkcode Fields}. */
function typed(type: string): JsonSchema {
  if (type.endsWith("?")) return typed(type.slice(0, -"?".length));
  if (type.endsWith("[]")) return { type: "array", items: typed(type.slice(0, -"[]".length)) };
  if (!type.endsWith(" | null")) {
    return Object.hasOwn(PLAIN, type)
      ? PLAIN[type as keyof typeof PLAIN]
      : { $ref: SCHEMAS + type };
  }
  const schema = typed(type.slice(0, -" | null".length));
  if (schema.$ref !== undefined) return { anyOf: [schema, { type: "null" }] };
  const { type: value, ...rest } = schema;
  return { ...rest, type: [value, "null"] };
}
