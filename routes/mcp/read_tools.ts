/** Tools that change nothing: what failed, what is known of it, and the log. */
import * as v from "valibot";
import { assignee } from "../../modules/people.ts";
import { reproductionFor } from "../../modules/reproduction.ts";
import { counted } from "../../board/parts/times.ts";
import { found } from "../../modules/verbs.ts";
import { facets, moment, name, rows, text, wholeNumber, words } from "../../modules/inputs.ts";
import { ERROR_FIELDS, LOG_FIELDS, readSearch } from "../../modules/search.ts";
import { MAX_ID_CHARS } from "../../store/limits.ts";
import { LEVELS } from "../../store/record.ts";
import {
  type ErrorDetail,
  type ErrorSummary,
  STATES,
  type StoreReads,
  WHATS,
} from "../../store/store.ts";
import { errorSections, type PartName, PARTS } from "./error_sections.ts";
import { logLine } from "./log_lines.ts";
import { cleanLine, dataBlock } from "./quoted_data.ts";
import { overviewOf, partOf } from "./sections.ts";
import { answerOf, argument, defineTool, optional, READS, type ToolContext } from "./tool.ts";

const DEFAULT_ERRORS = 20;
const DEFAULT_RECORDS = 20;
/** Of the details of all records of an answer together. */
const MAX_DETAIL_CHARS = 12_000;
const MIN_DETAIL_CHARS = 80;
const MAX_DETAIL_OF_ONE = 2_000;
const MAX_FROM = 1_000_000;

export const id = argument(
  text(MAX_ID_CHARS),
  "The error's id from list_errors, or a receipt: the error_id of an answer or log record, or a Sentry event id.",
);

/** Filters that errors and log records share. */
const shared = {
  q: optional(
    words,
    'Words that must all occur, "a phrase" in quotes, and after a minus what must not occur: -word, -"a phrase". Fields may be named, as in `svc_name:shop route:"/orders/:id" tag.os:Linux timed out`.',
  ),
  svc_name: optional(name, "Only this service."),
  route: optional(name, "Only this route: the pattern, such as /orders/:id."),
  environment: optional(facets.environment.wrapped, "Only this environment, such as production."),
  user: optional(facets.user.wrapped, "Only what hit this user: an id."),
  cursor: v.optional(argument(v.string(), "The `next` of an earlier answer: the page after it.")),
};

const listErrors = defineTool({
  name: "list_errors",
  title: "List errors",
  description:
    "Lists errors (groups of like failures), by default the open ones that happened last. Begin here. Each has an id for get_error.",
  annotations: READS,
  entries: {
    state: v.optional(
      argument(v.picklist([...STATES, "any"]), "open (default), resolved, muted, or any."),
      "open",
    ),
    ...shared,
    level: optional(v.picklist(LEVELS), "Only errors of this level."),
    release: optional(name, "Only errors first or last seen in this release."),
    new_since: optional(name, "Only errors that began in this release or a newer one."),
    came_back_in: optional(name, "Only errors that came back in this release last."),
    assigned_to: optional(
      name,
      "Only errors of this person: a name, mine (of whose token it is) or nobody.",
    ),
    what: optional(
      v.picklist(WHATS),
      "Only errors that are new, came back, were rising or were resolved at or after since (default: a day ago) and before until.",
    ),
    since: optional(moment, "Only errors that happened at or after this time, ISO 8601."),
    until: optional(moment, "Only errors that happened before this time, ISO 8601."),
    sort: optional(
      v.picklist(["last_seen", "first_seen", "count"]),
      "last_seen (default) or first_seen, the newest first; count, the most frequent first.",
    ),
    limit: argument(rows({ min: 1, byDefault: DEFAULT_ERRORS }), "How many, the default is 20."),
  },
  async run({ state, q, ...filters }, { store, boardUrl, operator }) {
    const { assigned_to, ...others } = { ...readSearch(q, ERROR_FIELDS), ...filters };
    const search = { ...others, assigned_to: assignee(assigned_to, operator) };
    const page = await store.listErrors(state === "any" ? search : { ...search, state });
    const { items, total, next } = page;
    if (items.length === 0) return answerOf("No error matches.", { errors: [], total, next });
    const more = next === null ? "" : `\nMore: the same call with cursor ${JSON.stringify(next)}.`;
    const head = `${items.length} of ${counted(total, "error")}${
      boardUrl === undefined ? "" : `; each is on the board at ${boardUrl}/errors/ID`
    }. Next: get_error with an id.`;
    const block = dataBlock(items.map(rowOf).join("\n"));
    return answerOf(`${head}\n${block}${more}`, { errors: items.map(recordedRow), total, next });
  },
});

function rowOf(error: ErrorSummary): string {
  const { id, state, count, users, first_seen, last_seen, first_release, last_release } = error;
  const releases = [first_release, last_release].filter((release) => release !== null);
  return [
    `${id} ${state}${error.came_back ? ", came back" : ""}, ${count}×, ${
      counted(users, "user")
    }, ${first_seen} to ${last_seen}`,
    `  ${cleanLine(`${error.type}: ${error.message}`, 240)}`,
    `  ${cleanLine(`${error.svc_name} ${error.route ?? ""} ${error.location}`, 240)}${
      releases.length === 0
        ? ""
        : ` releases ${cleanLine([...new Set(releases)].join(" to "), 120)}`
    }`,
  ].join("\n");
}

function recordedRow(error: ErrorSummary) {
  const { id, state, level, count, users, first_seen, last_seen, came_back } = error;
  const recorded = {
    type: cleanLine(error.type, 200),
    message: cleanLine(error.message, 240),
    svc_name: cleanLine(error.svc_name, 200),
    route: error.route && cleanLine(error.route, 200),
    location: cleanLine(error.location, 200),
    first_release: error.first_release && cleanLine(error.first_release, 200),
    last_release: error.last_release && cleanLine(error.last_release, 200),
    resolved_in: error.resolved_in && cleanLine(error.resolved_in, 200),
    assigned_to: error.assigned_to && cleanLine(error.assigned_to, 200),
  };
  return { id, state, level, count, users, first_seen, last_seen, came_back, recorded };
}

const getError = defineTool({
  name: "get_error",
  title: "Get an error",
  description:
    "Everything needed to fix one error: what was thrown with its source lines, the request, its answer and its log, what happened around it, whom and which releases it hits, its history. Shows the newest occurrence, or the one whose receipt is given. Long parts are cut; `part` and `from` show the rest.",
  annotations: READS,
  entries: {
    id,
    part: optional(
      v.picklist(Object.keys(PARTS) as PartName[]),
      "Only this part, whole or from a character on.",
    ),
    from: optional(wholeNumber(0, MAX_FROM), "With part: the character to begin with. Default 0."),
  },
  async run({ id, part, from = 0 }, context) {
    const { store, shared } = context;
    const error = await errorOf(id, store);
    const occurrence = await store.occurrence(receiptIn(id, error)) ?? undefined;
    const code = shared.logging.code;
    const sections = await errorSections({ error, occurrence, store, code });
    const sayCall = (rest: object) => `get_error ${JSON.stringify({ id, ...rest })}`;
    const section = sections.find(({ name }) => name === part);
    if (section !== undefined) return answerOf(partOf(section, from, sayCall));
    return answerOf([
      headOf(error, context),
      occurrence === undefined
        ? "None of its occurrences is kept any more."
        : `Shown: occurrence ${occurrence.error_id}.`,
      overviewOf(sections, sayCall),
      `Next: get_reproduction ${JSON.stringify({ id })}`,
    ].join("\n"));
  },
});

/** The error's own words about itself: nothing in it was written by others. */
function headOf(error: ErrorDetail, { boardUrl }: ToolContext): string {
  const { id, state, count, users, first_seen, last_seen, trend, proof, resolved_at } = error;
  const lastDay = trend.reduce((sum, hour) => sum + hour, 0);
  return [
    `Error ${id} is ${state}: ${
      counted(count, "occurrence")
    } from ${first_seen} to ${last_seen}, ${lastDay} in the last 24 hours, ${
      counted(users, "user")
    }.`,
    ...(error.came_back ? ["It was resolved once and came back."] : []),
    ...(resolved_at === null ? [] : [`Resolved at ${resolved_at}.`]),
    ...(error.resolved_next ? ["The next release is to fix it; none has come yet."] : []),
    ...(proof === null ? [] : [
      `Since ${proof.since} its route has answered ${proof.requests} requests on the release that fixes it, ${proof.failures} of them with this error.`,
    ]),
    ...(error.proved_at === null ? [] : [`The fix was proved at ${error.proved_at}.`]),
    ...(boardUrl === undefined ? [] : [`Board: ${boardUrl}/errors/${id}`]),
  ].join("\n");
}

/** By its id, or a receipt, which may still be on its way into the store. @throws {NotFound} */
export async function errorOf(given: string, store: StoreReads): Promise<ErrorDetail> {
  const id = given.trim().toLowerCase();
  const error = await store.error(id);
  // Asked for a receipt, the store gets what is on its way first.
  if (error !== null || await store.receipt(id) === null) return found(error, given);
  return found(await store.error(id), given);
}

/** The occurrence that was asked for, or the newest. */
function receiptIn(given: string, { id, last_error_id }: ErrorDetail): string {
  const receipt = given.trim().toLowerCase();
  return receipt === id ? last_error_id : receipt;
}

const searchLogs = defineTool({
  name: "search_logs",
  title: "Search the log",
  description:
    "Searches the log records of all services, the newest first: what happened in a request, before a failure, or whether something happens at all.",
  annotations: READS,
  entries: {
    ...shared,
    level: optional(v.picklist(LEVELS), "This level and worse."),
    request_id: optional(text(MAX_ID_CHARS), "Only this request."),
    since: optional(moment, "Not before this time, ISO 8601."),
    until: optional(moment, "Before this time, ISO 8601."),
    limit: argument(
      rows({ min: 1, byDefault: DEFAULT_RECORDS }),
      "How many, the default is 20. The fewer, the more of each is shown.",
    ),
  },
  async run({ q, ...filters }, { store }) {
    const page = await store.listLogs({ ...readSearch(q, LOG_FIELDS), ...filters });
    const { items, next, total, searched_back_to, damaged } = page;
    const stopped = [
      ...(searched_back_to === undefined
        ? []
        : [`The search ran out of time; it has not looked before ${searched_back_to}.`]),
      ...(damaged === undefined ? [] : [damaged]),
      ...(next === null ? [] : [`More: the same call with cursor ${JSON.stringify(next)}.`]),
    ];
    if (items.length === 0) return answerOf(["No record matches.", ...stopped].join("\n"));
    const detailChars = Math.min(
      MAX_DETAIL_OF_ONE,
      Math.max(MIN_DETAIL_CHARS, Math.floor(MAX_DETAIL_CHARS / items.length)),
    );
    const block = dataBlock(items.map((record) => logLine(record, { detailChars })).join("\n"));
    const head = `${items.length} of ${
      total ?? "an unknown number of"
    } records, the newest first; details cut to ${detailChars} characters each (fewer records show more).`;
    return answerOf([head, block, ...stopped].join("\n"));
  },
});

const getReproduction = defineTool({
  name: "get_reproduction",
  title: "Get a failing test",
  description:
    "A test file that sends the recorded request again and fails while the error lives, or says what is missing for one. Write it into the project, see it fail, fix the code, see it pass.",
  annotations: READS,
  entries: {
    id,
    from: optional(
      wholeNumber(0, MAX_FROM),
      "The character to begin with, where an earlier answer was cut. Default 0.",
    ),
  },
  async run({ id, from = 0 }, { store }) {
    const error = await errorOf(id, store);
    const made = await reproductionFor(store, receiptIn(id, error));
    if (made === null) return answerOf("None of its occurrences is kept any more.");
    const { kind, errorId, text, why, placeholders } = made;
    const path = `tests/reproductions/${errorId}_test.ts`;
    const sayCall = (rest: { from: number }) =>
      `get_reproduction ${JSON.stringify({ id, from: rest.from })}`;
    const title = `The file ${path}`;
    const part = partOf({ name: "", title, text, isCode: true }, from, sayCall);
    const about = {
      app:
        `A test of the project's own app: save it as ${path} and run deno test --allow-all ${path}. Side effects are real.`,
      url:
        `A test of a service at an address: save it as ${path} and run REPRODUCE_URL=http://… deno test --allow-all ${path}. Side effects are real.`,
      skeleton: "Only a beginning: no request led to it. Write what makes it fail.",
      impossible: "It cannot be built whole.",
    };
    return answerOf([
      about[kind],
      ...(why === undefined ? [] : [`Why: ${why}.`]),
      ...(placeholders.length === 0 ? [] : [
        `Redacted when it was recorded, to be set in the environment where it matters: ${
          placeholders.map(({ name }) => name).join(", ")
        }.`,
      ]),
      part,
    ].join("\n"));
  },
});

export const readTools = [listErrors, getError, searchLogs, getReproduction] as const;
