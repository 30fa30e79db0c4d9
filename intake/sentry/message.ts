/** What an event says in words. */
import { cut } from "../../store/limits.ts";
import { isObject } from "../../store/is_object.ts";
import { isNothing, listIn, type Loose, MAX_SAID_CHARS, objectIn, textIn } from "./loose.ts";

const MAX_PARAMS = 50;
const MAX_PARAM_CHARS = 256;
/** `%s`, `%(name)s`, `{}`, `{0}`, `{name}`; `%%` and `{{` are a sign each. */
const PLACE =
  /%%|%(?:\((?<named>[^)]{1,64})\))?[-+ 0#]*\d*(?:\.\d+)?[a-zA-Z]|\{\{|\}\}|\{(?<key>[\w.-]{0,64})(?::[^{}]{0,16})?\}/g;

export interface Message {
  text?: string | undefined;
  /** The text before its parameters were put in: the same for every occurrence. */
  template?: string | undefined;
}

/** `logentry` before `message`; each is a text, or `{formatted, message, params}`. */
export function messageIn(event: Loose): Message {
  for (const value of [event.logentry, event.message]) {
    if (typeof value === "string" && value !== "") return { text: cut(value, MAX_SAID_CHARS) };
    const entry = objectIn(value);
    const template = textIn(entry.message, MAX_SAID_CHARS);
    const formatted = textIn(entry.formatted, MAX_SAID_CHARS);
    const text = formatted ?? (template === undefined ? undefined : format(template, entry.params));
    if (text === undefined) continue;
    return { text, template: template === text ? undefined : template };
  }
  return {};
}

/** Puts a list or a map of parameters into the places of a text. What has none is left as it stands. */
function format(template: string, params: unknown): string {
  const list = listIn(params).slice(0, MAX_PARAMS);
  const map = isObject(params) ? params : undefined;
  if (list.length === 0 && map === undefined) return template;
  let next = 0;
  const text = template.replace(PLACE, (place, ...rest) => {
    if (place === "%%" || place === "{{" || place === "}}") return place[0]!;
    const { named, key } = rest.at(-1) as { named?: string; key?: string };
    const name = named ?? key ?? "";
    const at = name === "" ? next++ : Number(name);
    const value = map === undefined ? list[at] : own(map, name === "" ? String(at) : name);
    return isNothing(value) ? place : paramText(value);
  });
  return cut(text, MAX_SAID_CHARS);
}

function own(map: Loose, name: string): unknown {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

function paramText(value: unknown): string {
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return cut(text, MAX_PARAM_CHARS);
}
