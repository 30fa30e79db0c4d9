/** Forms of strangers' text. */
import type { AlertMessage } from "./message.ts";

/** Joins words without a gap and without being seen: https://www.unicode.org/charts/PDF/U2000.pdf */
const JOINER = "\u2060";

/**
 * Programs make links of what looks like an address, and mentions of what comes after "@". A joiner in it keeps them from that, and
 * is not seen.
 */
export function unlinked(text: string): string {
  return text.replaceAll("://", `:${JOINER}//`)
    .replace(/(?<=[\p{L}\p{N}])\.(?=\p{L}{2})/gu, `.${JOINER}`)
    .replace(/@(?=\S)/g, `@${JOINER}`);
}

/** Code between backticks, in which chats show everything as it is. */
export function code(text: string): string {
  return `\`${text.replaceAll("`", "'") || " "}\``;
}

/** What has happened, and the rows of a summary, as a list in Markdown. */
export function markdownLines({ what, rows, more }: AlertMessage): string[] {
  return [
    ...(what === "" ? [] : [code(what)]),
    ...rows.map((row) => `- ${row.title}: ${code(row.what)} in ${code(row.service)}`),
    ...(more > 0 ? [`- … and ${more} more`] : []),
  ];
}

/** In one line: of a summary the first. */
export function firstOf({ what, rows }: AlertMessage): string {
  return what || rows[0]?.what || "";
}

/** Whole lines, as many as fit, and always the last ones: half a line may be half of what makes it harmless. */
export function fitting(
  lines: readonly string[],
  { last = [], maxChars }: { last?: readonly string[]; maxChars: number },
): string {
  const kept = [...lines];
  while (kept.length > 0 && [...kept, ...last].join("\n").length > maxChars) kept.pop();
  return [...kept, ...last].join("\n");
}

/** A whole message as lines, for mail and for phones. */
export function linesOf({ what, facts, rows, more, url }: AlertMessage): string {
  const width = Math.max(...facts.map(({ name }) => name.length), 0) + 2;
  return [
    ...(what === "" ? [] : [unlinked(what), ""]),
    ...facts.map(({ name, value }) => `${`${name}:`.padEnd(width)}${unlinked(value)}`),
    ...rows.map(({ title, what, service }) => `${title}: ${unlinked(`${what} in ${service}`)}`),
    ...(more > 0 ? [`… and ${more} more`] : []),
    ...(url === undefined ? [] : ["", url]),
  ].join("\n").trim();
}
