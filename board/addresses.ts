/** An address below `/board`: the parameters that have a value, in this order. */
export function address(
  path: string,
  parameters: Readonly<Record<string, string | undefined>>,
): string {
  const query = Object.entries(parameters)
    .filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== "")
    .map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`)
    .join("&");
  return query === "" ? path : `${path}?${query}`;
}

/** The page to go back to: one of the board's, whatever the form says. */
export function ownPage(text: string | null): string {
  const base = "http://board.invalid";
  if (text === null || !URL.canParse(text, base)) return "/board";
  const url = new URL(text, base);
  const isOwn = url.origin === base && /^\/board(?:\/|$)/.test(url.pathname);
  return isOwn ? url.pathname + url.search : "/board";
}

/** An id of ours, or that of a client's event, which mostly has no dashes. */
export const ID = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

export function errorPath(error: string): string {
  return `/board/errors/${encodeURIComponent(error)}`;
}

export function occurrencePath(error: string, occurrence: string): string {
  return `${errorPath(error)}/occurrences/${encodeURIComponent(occurrence)}`;
}

/** The fields that have a value, without space around it. */
export function filledIn<Name extends string>(
  fields: URLSearchParams,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const entries = names.map((name) => [name, fields.get(name)?.trim()] as const);
  return Object.fromEntries(entries.filter(([, text]) => text)) as Partial<Record<Name, string>>;
}
