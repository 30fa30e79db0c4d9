/** A long answer in parts, each of which can be asked for by itself and is read on where it was cut. */
import { codeBlock, dataBlock } from "./quoted_data.ts";

/** Characters of one part that was asked for: some four thousand tokens. */
const MAX_PART_CHARS = 16_000;

export interface Section<Name extends string = string> {
  name: Name;
  title: string;
  /** Recorded text, clean; empty where there is nothing. */
  text: string;
  /** Characters of it in the overview. */
  maxChars: number;
}

/** How the rest of a part is asked for: `get_error with {…}`. */
export type SayCall = (rest: { part: string; from: number }) => string;

/** The beginning of every part, as one block of data, and after it what was cut. */
export function overviewOf(sections: readonly Section[], sayCall: SayCall): string {
  const shown = sections.filter(({ text }) => text !== "");
  const cuts: string[] = [];
  const parts = shown.map(({ name, title, text, maxChars }) => {
    const kept = headOf(text, maxChars);
    if (kept.length === text.length) return `## ${title}\n${text}`;
    cuts.push(
      `- ${title}: ${kept.length} of ${text.length} characters shown; go on with ${
        sayCall({ part: name, from: kept.length })
      }`,
    );
    return `## ${title} (cut)\n${kept}…`;
  });
  const block = dataBlock(parts.join("\n\n"));
  return cuts.length === 0 ? block : `${block}\nCut to fit:\n${cuts.join("\n")}`;
}

/** One part from a character on. */
export function partOf(
  { name, title, text, isCode = false }: Omit<Section, "maxChars"> & { isCode?: boolean },
  from: number,
  sayCall: SayCall,
): string {
  if (text === "") return `Nothing is recorded under ${JSON.stringify(title)}.`;
  if (from >= text.length) {
    return `${title} has ${text.length} characters: there is nothing from ${from} on.`;
  }
  const shown = headOf(text.slice(from), MAX_PART_CHARS);
  const to = from + shown.length;
  const where = `${title}, characters ${from} to ${to} of ${text.length}`;
  const rest = to < text.length ? `\nGo on with ${sayCall({ part: name, from: to })}` : "";
  return `${where}:\n${isCode ? codeBlock(shown) : dataBlock(shown)}${rest}`;
}

/** The first characters, and no half of one. */
export function headOf(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const isHalved = (text.charCodeAt(maxChars - 1) & 0xfc00) === 0xd800;
  return text.slice(0, isHalved ? maxChars - 1 : maxChars);
}
