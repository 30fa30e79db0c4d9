/**
 * Fields declared as data, once: the compiler makes their type of it, `openapi.json` its schema. Not a schema library's calls: a
 * type that must be inferred from calls is in no `.d.ts` and not on JSR, and the worker would load the library for nothing.
 *
 * @module
 */
import type {
  Breadcrumb,
  ErrorInfo,
  Level,
  LogRecord,
  RecordedFrame,
  RecordedUser,
  Severity,
} from "./record.ts";
import type {
  ErrorDetail,
  ErrorKey,
  ErrorSummary,
  FacetShare,
  HistoryEntry,
  IntakeCount,
  KeySummary,
  Occurrence,
  OccurrenceDetail,
  Outcome,
  Proof,
  Receipt,
  Release,
  Rule,
  State,
  TagShares,
  TrafficRow,
  Trends,
  Variant,
} from "./shapes.ts";

/**
 * Fields by name: a type, and what it means. A type is one of {@linkcode Words}; with `[]` a list of them, with ` | null` or null,
 * with `?` a field that may be absent.
 */
export type Fields = Readonly<Record<string, readonly [type: string, meaning: string]>>;

/** What fields can be. */
export type Words = {
  string: string;
  /** A text: ISO 8601, UTC, milliseconds. */
  time: string;
  integer: number;
  number: number;
  boolean: boolean;
  true: true;
  unknown: unknown;
  /** Texts by name. */
  strings: Record<string, string>;
  /** Anything by name. */
  object: Record<string, unknown>;
  Level: Level;
  Severity: Severity;
  State: State;
  Rule: Rule;
  ErrorInfo: ErrorInfo;
  RecordedFrame: RecordedFrame;
  Breadcrumb: Breadcrumb;
  RecordedUser: RecordedUser;
  LogRecord: LogRecord;
  ErrorKey: ErrorKey;
  Variant: Variant;
  FacetShare: FacetShare;
  TagShares: TagShares;
  HistoryEntry: HistoryEntry;
  Proof: Proof;
  Receipt: Receipt;
  ErrorSummary: ErrorSummary;
  ErrorDetail: ErrorDetail;
  Occurrence: Occurrence;
  OccurrenceDetail: OccurrenceDetail;
  Trends: Trends;
  Outcome: Outcome;
  KeySummary: KeySummary;
  IntakeCount: IntakeCount;
  Release: Release;
  TrafficRow: TrafficRow;
};

/** The object that has these fields. */
export type Shape<Of extends Fields> =
  & {
    -readonly [Name in keyof Of as Of[Name][0] extends `${string}?` ? never : Name]: Typed<
      Of[Name][0]
    >;
  }
  & {
    -readonly [Name in keyof Of as Of[Name][0] extends `${string}?` ? Name : never]?: Typed<
      Of[Name][0]
    >;
  };

/** What a field of that type holds. */
export type Typed<Type extends string> = Type extends `${infer Part}?` ? Typed<Part>
  : Type extends `${infer Part} | null` ? Typed<Part> | null
  : Type extends `${infer Part}[]` ? Typed<Part>[]
  : Type extends keyof Words ? Words[Type]
  : never;
