/**
 * Whose fault an error is: that of the entries, or of everything else, in which case the same call may
 * succeed later.
 */

/** What the server or the way to it has thrown. */
const faults = new WeakSet<object>();

/** SQLSTATE classes that these values, and no others, bring about: bad data, broken rule, too large. */
const OF_THE_VALUES = /^(22|23|54)/;

/** Two transactions were in each other's way, or one's ground was taken away: at once again. */
const AT_ONCE_AGAIN = /^(40|23)/;

/** The connection is sound after these; after any other error it is closed. */
const CONNECTION_IS_SOUND = /^(22|23|40|42|54|55P03|57014)/;

/** Tables or the schema are not there: a fresh database, or one that was restored. */
const NOT_MIGRATED = ["42P01", "3F000"];

/** SQLSTATE of "cannot execute … in a read-only transaction". */
const READ_ONLY = "25006";

/** The driver's words, which carry no code, for an answer and for a connection that did not come in time. */
const NO_ANSWER = "Query read timeout";
const NO_CONNECTION = /timeout exceeded when trying to connect|connection timeout|timeout expired/;

/** Why a call failed, by SQLSTATE, its class, or the system's code. The first that fits. */
const REASONS: readonly [RegExp, string][] = [
  [/^28/, "it refuses this user or password"],
  [/^3D000/, "there is no such database"],
  [/^42501/, "this user lacks a right that it needs"],
  [/^25006/, "it is read-only, as a standby is"],
  [/^53100/, "its disk is full"],
  [/^53300/, "it takes no more connections"],
  [/^57P0[123]/, "it is stopping or starting"],
  [/^57014/, "a statement took too long and was given up"],
  [/^55P03/, "another transaction held a lock for too long"],
  [/^ECONNREFUSED/, "nothing listens there"],
  [/^(ENOTFOUND|EAI_AGAIN)/, "its host name is not known just now"],
];

/** SQLSTATE or the system's code of something thrown; empty where it has none. */
export function codeOf(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null) return "";
  if ("code" in thrown && typeof thrown.code === "string") return thrown.code;
  // Several addresses of one host were tried.
  if (thrown instanceof AggregateError) return codeOf(thrown.errors[0]);
  return "";
}

export function noteFault(thrown: unknown): void {
  if (typeof thrown === "object" && thrown !== null) faults.add(thrown);
}

/** True when a piece of work has thrown it, because it refuses what it is asked for: the server is sound. */
export function isRefusal(thrown: unknown): thrown is Error {
  return thrown instanceof Error && !faults.has(thrown) && codeOf(thrown) === "";
}

export function isOfTheValues(thrown: unknown): boolean {
  return OF_THE_VALUES.test(codeOf(thrown));
}

export function isWorthAnotherTry(thrown: unknown): boolean {
  return AT_ONCE_AGAIN.test(codeOf(thrown));
}

export function leavesConnectionSound(thrown: unknown): boolean {
  return isRefusal(thrown) || CONNECTION_IS_SOUND.test(codeOf(thrown));
}

export function isSilence(thrown: unknown): boolean {
  const message = messageOf(thrown);
  return message === NO_ANSWER || NO_CONNECTION.test(message);
}

/**
 * True when all connections that are open lead to the wrong place: a network that swallows everything, or a server that
 * was the one to write to until a fail-over.
 */
export function isOfTheWholeServer(thrown: unknown): boolean {
  return codeOf(thrown) === READ_ONLY || messageOf(thrown) === NO_ANSWER;
}

export function isNotMigrated(thrown: unknown): boolean {
  return NOT_MIGRATED.includes(codeOf(thrown));
}

/** Why, for people: a few words of ours and the server's own. */
export function reasonOf(thrown: unknown): string {
  const code = codeOf(thrown);
  const known = isSilence(thrown)
    ? "it does not answer"
    : REASONS.find(([pattern]) => pattern.test(code))?.[1];
  const own = messageOf(thrown);
  return known === undefined ? own : own === "" ? known : `${known} (${own})`;
}

function messageOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.message === "") return messageOf(thrown.errors[0]);
  return thrown instanceof Error ? thrown.message : String(thrown);
}
