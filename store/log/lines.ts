/**
 * Log records as they lie in the tail and in blocks: one text, a header and then one line a record. What a search asks most is in
 * the header (time, level, service, route), so that few lines have to be parsed.
 */
import type { DatedEntry } from "./dated.ts";
import { LEVELS, type LogRecord } from "../record.ts";
import { cleanText } from "../errors/rows.ts";
import { type Group, headOf } from "../store.ts";

/** Where a record stands in the order of arrival: which write brought it, and which of its records it is. */
export interface Arrival {
  write: number;
  /** Its place among the records of that write. */
  index: number;
}

/** Where a record stands in the order of time. */
export interface Place extends Arrival {
  timeMs: number;
}

export interface Line extends Place {
  /** Place of its level in {@linkcode LEVELS}. */
  level: number;
  service: string;
  /** The route; empty where there is none. */
  route: string;
  /** The record as one line of JSON; of a failure, a tab and its {@linkcode LineGroup} follow. */
  text: string;
}

/** What is kept of a failure's group: its key and the words that search sees. */
export type LineGroup = Pick<Group, "key" | "type" | "title" | "location">;

/** The columns of a text. Times and writes are differences to the one before. */
interface Header {
  times: number[];
  writes: number[];
  indexes: number[];
  /** One digit a record. */
  levels: string;
  services: string[];
  service: number[];
  routes: string[];
  route: number[];
}

/** Stands in no JSON text but as an escape. */
const GROUP_MARK = "\t";

export function lineOfEntry({ entry, timeMs }: DatedEntry, arrival: Arrival): Line {
  const { line, group } = entry;
  const { level, svc_name, route } = headOf(entry);
  return {
    ...arrival,
    timeMs,
    level: LEVELS.indexOf(level),
    service: cleanText(svc_name),
    route: route?.toWellFormed() ?? "",
    text: group === undefined ? line : line + GROUP_MARK + JSON.stringify(kept(group)),
  };
}

function kept({ key, type, title, location }: Group): LineGroup {
  return { key, type, title, location };
}

/** The record of a line, and its group where it is a failure. */
export function readLine(text: string): { record: LogRecord; group?: LineGroup } {
  const mark = text.indexOf(GROUP_MARK);
  if (mark < 0) return { record: JSON.parse(text) };
  return { record: JSON.parse(text.slice(0, mark)), group: JSON.parse(text.slice(mark + 1)) };
}

/** The record as it came: what is written out. */
export function jsonOf(text: string): string {
  const mark = text.indexOf(GROUP_MARK);
  return mark < 0 ? text : text.slice(0, mark);
}

export function withJson(line: Line, change: (json: string) => string): Line {
  const json = jsonOf(line.text);
  return { ...line, text: change(json) + line.text.slice(json.length) };
}

export function joinLines(lines: readonly Line[]): string {
  const services = new Names();
  const routes = new Names();
  const header: Header = {
    times: differences(lines.map(({ timeMs }) => timeMs)),
    writes: differences(lines.map(({ write }) => write)),
    indexes: lines.map(({ index }) => index),
    levels: lines.map(({ level }) => Math.max(level, 0)).join(""),
    service: lines.map(({ service }) => services.number(service)),
    services: services.all,
    route: lines.map(({ route }) => routes.number(route)),
    routes: routes.all,
  };
  return `${JSON.stringify(header)}\n${lines.map(({ text }) => text).join("\n")}`;
}

/**
 * The lines of a text, or those of which a number is asked for: 0 is that of the first.
 *
 * @throws {Error} when it is not one that {@linkcode joinLines} made.
 */
export function splitLines(text: string, numbers?: ReadonlySet<number>): Line[] {
  const [head, ...texts] = text.split("\n");
  const header = JSON.parse(head!) as Header;
  if (texts.length !== header.times.length) {
    throw new Error(`it has ${texts.length} lines of ${header.times.length}`);
  }
  let timeMs = 0;
  let write = 0;
  const lines: Line[] = [];
  for (let i = 0; i < texts.length; i++) {
    timeMs += header.times[i]!;
    write += header.writes[i]!;
    if (numbers !== undefined && !numbers.has(i)) continue;
    lines.push({
      timeMs,
      write,
      index: header.indexes[i]!,
      level: Number(header.levels[i]),
      service: header.services[header.service[i]!]!,
      route: header.routes[header.route[i]!]!,
      text: texts[i]!,
    });
  }
  return lines;
}

/** Numbers of the lines, from 0 on, of a text without its header in which all words are; the rarest word first. */
export function linesWith(text: string, words: readonly string[]): Set<number> {
  const [first, ...others] = words;
  const found = new Set<number>();
  let number = -1;
  let counted = 0;
  for (let at = text.indexOf(first!); at >= 0;) {
    for (let next; (next = text.indexOf("\n", counted)) >= 0 && next < at; counted = next + 1) {
      number++;
    }
    const end = text.indexOf("\n", at);
    const line = text.slice(counted, end < 0 ? text.length : end);
    if (number >= 0 && others.every((word) => line.includes(word))) found.add(number);
    if (end < 0) break;
    at = text.indexOf(first!, end);
  }
  return found;
}

/** Numbers names in the order in which they come. */
class Names {
  readonly #numbers = new Map<string, number>();

  number(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.#numbers.size);
    return this.#numbers.size - 1;
  }

  get all(): string[] {
    return [...this.#numbers.keys()];
  }
}

function differences(numbers: readonly number[]): number[] {
  return numbers.map((number, i) => number - (numbers[i - 1] ?? 0));
}

/** The order of a search: by time, among equal times by arrival. */
export function byTime(a: Place, b: Place): number {
  return a.timeMs - b.timeMs || byArrival(a, b);
}

export function byArrival(a: Arrival, b: Arrival): number {
  return a.write - b.write || a.index - b.index;
}
