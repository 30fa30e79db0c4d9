/** Tools that change an error. Its history says who did it, and that an agent was their hand. */
import * as v from "valibot";
import { moment, note as noteText, wholeNumber } from "../../modules/inputs.ts";
import { changeOne, fixRelease, resolution } from "../../modules/verbs.ts";
import { MAX_MUTED_MORE } from "../../store/limits.ts";
import type { Change, ErrorSummary } from "../../store/store.ts";
import { cleanLine, dataBlock } from "./quoted_data.ts";
import { errorOf, id } from "./read_tools.ts";
import {
  answerOf,
  argument,
  defineTool,
  optional,
  type ToolAnswer,
  type ToolContext,
} from "./tool.ts";

/** Nothing is lost by them: each can be undone. */
const CHANGES = {
  readOnlyHint: false,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
} as const;

const note = optional(noteText, "Why, for the history: what was wrong and what you changed.");

const resolve = defineTool({
  name: "resolve",
  title: "Resolve an error",
  description:
    'Marks an error as fixed, once its test passes. Name the release that will have the fix, or "next": occurrences of older releases then reopen nothing, and the fix is proved by the requests that pass on it.',
  annotations: CHANGES,
  entries: {
    id,
    release: optional(
      fixRelease,
      'The release that has the fix, or "next" for the first one seen after now. Default: fixed as of now, whatever the release.',
    ),
    note,
    undo: optional(v.boolean(), "True: opens it again instead."),
  },
  run: ({ id, undo, release, note }, context) =>
    undo === true
      ? change(id, { action: "reopen", note }, context)
      : change(id, resolution({ release, note }), context),
});

const mute = defineTool({
  name: "mute",
  title: "Mute an error",
  description:
    "Counts an error in silence: for good, until a time, or until it has happened so many times more. For what is known and not worth a fix.",
  annotations: CHANGES,
  entries: {
    id,
    until: optional(moment, "The end of the mute, ISO 8601."),
    more: optional(
      wholeNumber(1, MAX_MUTED_MORE),
      "It ends when the error has happened this many times more.",
    ),
    note,
    undo: optional(v.boolean(), "True: ends the mute instead."),
  },
  run: ({ id, undo, until, more, note }, context) =>
    undo === true
      ? change(id, { action: "unmute", note }, context)
      : change(id, { action: "mute", until, more, note }, context),
});

const writeNote = defineTool({
  name: "note",
  title: "Write a note",
  description: "Writes a note into an error's history, for people and for later sessions.",
  annotations: { ...CHANGES, idempotentHint: false },
  entries: {
    id,
    note: argument(v.pipe(noteText, v.nonEmpty("must not be empty")), "What is to be known of it."),
  },
  run: ({ id, note }, context) => change(id, { action: "note", note }, context),
});

async function change(id: string, what: Change, context: ToolContext): Promise<ToolAnswer> {
  const { store, operator } = context;
  const by = `${operator.name ?? "operator"} via MCP`;
  const error = await changeOne((await errorOf(id, store)).id, { ...given(what), by }, store);
  return answerOf(sentenceOf(error, by), { id: error.id, state: error.state, by });
}

/** Without what was not said: an absent release is not one. */
function given(change: Change): Change {
  return Object.fromEntries(
    Object.entries(change).filter(([, value]) => value !== undefined),
  ) as Change;
}

function sentenceOf(error: ErrorSummary, by: string): string {
  const { id, state, resolved_in, resolved_next, last_release } = error;
  const fix = state !== "resolved"
    ? []
    : resolved_next
    ? ["The next release of its service counts as the fix."]
    : resolved_in === null
    ? ["No release was named: any further occurrence opens it again."]
    : [
      "Release that has the fix:",
      dataBlock(cleanLine(resolved_in, 200)),
      ...(resolved_in === last_release
        ? ["It has happened in this very release: the next time opens it again."]
        : []),
    ];
  return [`Error ${id} is ${state} now. In its history: ${by}.`, ...fix].join("\n");
}

export const writeTools = [resolve, mute, writeNote] as const;
