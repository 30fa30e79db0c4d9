/** What was shown in a document and what came instead of it: ids, tokens. */
export type Known = Map<string, string>;

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;
const MORE = "…";

/** The JSON of a document, lines broken and `…` for what is left out. */
export function parseShown(text: string): unknown {
  return JSON.parse(text.replaceAll(MORE, `"${MORE}": true`));
}

/**
 * Where an answer differs in form from what a document shows: ids and times may differ, and where `…` stands there may be
 * more keys. Learns which id stands for which. Empty when nothing differs.
 */
export function differences(shown: unknown, real: unknown, known: Known): string[] {
  return compare(shown, real, { known, at: "answer" });
}

function compare(
  shown: unknown,
  real: unknown,
  { known, at }: { known: Known; at: string },
): string[] {
  if (typeof shown === "string" && typeof real === "string") {
    if (masked(shown) === masked(real)) {
      learn(shown, real, known);
      return [];
    }
  } else if (Array.isArray(shown) && Array.isArray(real) && shown.length === real.length) {
    return shown.flatMap((item, index) =>
      compare(item, real[index], { known, at: `${at}[${index}]` })
    );
  } else if (isObject(shown) && isObject(real)) {
    const { [MORE]: more = false, ...keys } = shown;
    const missing = Object.keys(real).filter((key) => !more && !(key in keys));
    return [
      ...missing.map((key) => `${at}.${key} is not shown`),
      ...Object.entries(keys).flatMap(([key, value]) =>
        compare(value, real[key], { known, at: `${at}.${key}` })
      ),
    ];
  } else if (shown === real) return [];
  return [`${at} is ${JSON.stringify(real)}, shown is ${JSON.stringify(shown)}`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function masked(text: string): string {
  return text.replace(UUID, "<id>").replace(/(?<=<id>:)\d+/, "<n>").replace(TIME, "<time>");
}

function learn(shown: string, real: string, known: Known): void {
  const ids = real.match(UUID) ?? [];
  (shown.match(UUID) ?? []).forEach((id, index) => known.set(id, ids[index] ?? id));
}
