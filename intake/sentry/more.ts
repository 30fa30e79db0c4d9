/** What of an event has no field of its own in a record: its `attrs`. */
import { MAX_KEYS } from "../../store/limits.ts";
import { readDebugId } from "../../store/maps/debug_id.ts";
import type { RecordedFrame } from "../../store/record.ts";
import { framesIn } from "./frames.ts";
import { isObject } from "../../store/is_object.ts";
import {
  compact,
  fromPairs,
  isNothing,
  listIn,
  type Loose,
  objectIn,
  pairsIn,
  shorten,
  textIn,
  valuesIn,
} from "./loose.ts";
import type { Thrown } from "./exceptions.ts";
import type { Message } from "./message.ts";

/** Parts of a caller's own fingerprint. */
const MAX_FINGERPRINT_PARTS = 10;
const MAX_THREADS = 10;
const MAX_THREAD_FRAMES = 20;
const MAX_MODULES = 200;
const MAX_META_DEPTH = 8;
const MAX_META_NODES = 500;
const CONTEXT = { depth: 4, keys: 50, chars: 1_024 };
const EXTRA = { depth: 6, keys: 100, chars: 4 * 1_024 };
const DEFAULT = /^\{\{\s*default\s*\}\}$/i;
const MAX_DEBUG_IDS = 1_000;

interface Thread {
  id?: string | undefined;
  name?: string | undefined;
  frames?: RecordedFrame[] | undefined;
}

interface Known {
  thrown: Thrown | undefined;
  message: Message;
}

/** `attrs`: the first named are kept when it is too much. */
export function moreOf(event: Loose, { thrown, message }: Known): Record<string, unknown> {
  const modules = pairsIn(event.modules, MAX_MODULES);
  const own: Record<string, unknown> = {
    fingerprint: fingerprintIn(event.fingerprint),
    template: message.template,
    logger: textIn(event.logger),
    mechanism: thrown?.mechanism,
    members: thrown?.members,
    threads: threadsIn(event, thrown),
    platform: textIn(event.platform),
    dist: textIn(event.dist),
    sdk: sdkIn(event.sdk),
    contexts: contextsIn(event.contexts),
    environ: environIn(event.extra),
    modules: modules.length === 0 ? undefined : shorten(fromPairs(modules), CONTEXT),
  };
  const extra = pairsIn(event.extra, MAX_KEYS).filter(([name]) => name !== "environ");
  return {
    ...compact(own),
    // What a program calls `fingerprint` there is none.
    ...fromPairs(
      extra.map(([name, value]) =>
        [Object.hasOwn(own, name) ? `extra.${name}` : name, shorten(value, EXTRA)] as const
      ),
    ),
  };
}

/** A list of texts; none for what is only the default. */
function fingerprintIn(value: unknown): string[] | undefined {
  const parts = (typeof value === "string" ? [value] : listIn(value))
    .map((part) => textIn(part, 256)).filter((part) => part !== undefined)
    .slice(0, MAX_FINGERPRINT_PARTS);
  return parts.every((part) => DEFAULT.test(part)) ? undefined : parts;
}

/** A message's stack stands under a thread, at the event itself in old clients, or in an exception that is none. */
function threadsIn(event: Loose, thrown: Thrown | undefined): unknown {
  const all = valuesIn(event.threads).filter(isObject).slice(0, MAX_THREADS);
  const threads = all.map((thread) => {
    const isFailed = thread.crashed === true || thread.current === true || all.length === 1;
    // Of an error its frames tell it already.
    const frames = thrown?.error && isFailed ? undefined : framesIn(thread.stacktrace);
    return compact<Thread>({
      id: textIn(thread.id),
      name: textIn(thread.name),
      frames: frames?.slice(0, MAX_THREAD_FRAMES),
    });
  }).filter(({ frames, name }) => frames !== undefined || name !== undefined);
  const bare = thrown?.frames ?? framesIn(event.stacktrace);
  if (bare !== undefined) threads.unshift({ frames: bare.slice(0, MAX_THREAD_FRAMES) });
  return threads.length === 0 ? undefined : threads;
}

function sdkIn(value: unknown): unknown {
  const { name, version } = objectIn(value);
  const text = { name: textIn(name), version: textIn(version) };
  return text.name === undefined ? undefined : text;
}

/** The trace has fields of its own. */
function contextsIn(value: unknown): unknown {
  const contexts = pairsIn(value, CONTEXT.keys).filter(([name]) => name !== "trace");
  return contexts.length === 0 ? undefined : shorten(fromPairs(contexts), CONTEXT);
}

/** Sentry's command line sends its whole environment: of that the names alone. */
function environIn(extra: unknown): string[] | undefined {
  const names = pairsIn(objectIn(extra).environ, MAX_KEYS).map(([name]) => name).sort();
  return names.length === 0 ? undefined : names;
}

/** Parts of an event that its client has cut, in the words of a record. */
const CUT_FIELDS: Readonly<Record<string, string>> = {
  message: "message",
  logentry: "message",
  exception: "error",
  breadcrumbs: "breadcrumbs",
  request: "input",
  user: "user",
  tags: "tags",
};

/** `_meta` mirrors the event and has, under an empty key, what was done to a value. */
export function truncatedIn(meta: unknown): string[] | undefined {
  const fields = new Set<string>();
  let nodes = 0;
  for (const name of Object.keys(objectIn(meta)).slice(0, MAX_KEYS)) {
    if (isCut(objectIn(meta)[name], 0)) {
      fields.add(Object.hasOwn(CUT_FIELDS, name) ? CUT_FIELDS[name]! : "attrs");
    }
  }
  return fields.size === 0 ? undefined : [...fields];

  function isCut(value: unknown, depth: number): boolean {
    if (!isObject(value) || depth > MAX_META_DEPTH || ++nodes > MAX_META_NODES) return false;
    const own = objectIn(value[""]);
    if (!isNothing(own.len) || listIn(own.rem).length > 0) return true;
    return Object.keys(value).some((name) => isCut(value[name], depth + 1));
  }
}

/** Source maps by the file that a frame names. */
export function debugIdsIn(meta: unknown): Record<string, string> | undefined {
  const images = listIn(objectIn(meta).images).slice(0, MAX_DEBUG_IDS).filter(isObject);
  const ids = images.flatMap(({ type, code_file: file, debug_id }) => {
    const id = readDebugId(debug_id);
    if (type !== "sourcemap" || typeof file !== "string" || id === undefined) return [];
    return [[file, id] as const];
  });
  return ids.length === 0 ? undefined : fromPairs(ids);
}
