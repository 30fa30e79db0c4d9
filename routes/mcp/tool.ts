/** A tool that agents call: what it takes, and what it answers. */
import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import { type Failure, KeyError } from "../../modules/failure.ts";
import { valid } from "../../modules/verbs.ts";
import { isObject } from "../../store/is_object.ts";
import type { StoreReads } from "../../store/store.ts";
import type { Tools } from "../tools.ts";
import type { AgentContext } from "./agent_server.ts";

/** What a client may tell people of a tool before they allow it. */
export interface Annotations {
  readOnlyHint: boolean;
  destructiveHint: boolean;
  idempotentHint: boolean;
  /** False: it knows of nothing but this store. */
  openWorldHint: false;
}

export interface ToolAnswer {
  isError?: true;
  content: { type: "text"; text: string }[];
  /** The same for programs. */
  structuredContent?: Record<string, unknown>;
}

export interface ToolContext extends AgentContext {
  store: StoreReads;
  shared: Tools;
}

// deno-lint-ignore no-explicit-any -- a list has tools of many inputs
export interface Tool<Entries extends v.ObjectEntries = any> {
  name: string;
  title: string;
  /** For the model: what it does and when to use it. */
  description: string;
  annotations: Annotations;
  entries: Entries;
  run(
    input: v.InferOutput<v.ObjectSchema<Entries, undefined>>,
    context: ToolContext,
  ): ToolAnswer | Promise<ToolAnswer>;
}

export function defineTool<const Entries extends v.ObjectEntries>(tool: Tool<Entries>): Tool {
  return tool;
}

/** Annotations of a tool that changes nothing. */
export const READS: Annotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};

/** An argument with what the model is told of it. */
export function argument<Schema extends v.GenericSchema>(schema: Schema, description: string) {
  return v.pipe(schema, v.description(description));
}

export function optional<Schema extends v.GenericSchema>(schema: Schema, description: string) {
  return v.optional(argument(schema, description));
}

export function answerOf(text: string, structuredContent?: Record<string, unknown>): ToolAnswer {
  return { content: [{ type: "text", text }], ...(structuredContent && { structuredContent }) };
}

/** The arguments as the tool takes them. @throws {Failure} that names every fault, each with its bound and value. */
export function inputOf({ name, entries }: Tool, given: unknown = {}) {
  if (!isObject(given)) {
    const kind = given === null ? "null" : Array.isArray(given) ? "a list" : `a ${typeof given}`;
    throw new KeyError(`arguments must be an object, got ${kind}`, { param: "arguments" });
  }
  const takes = `is not an argument of ${name}, which takes ${Object.keys(entries).join(", ")}`;
  return valid(v.objectWithRest(entries, v.never(takes)), given);
}

export function failureText({ name, message }: Failure): string {
  return `[Error] ${name}: ${message}`;
}

const schemas = new WeakMap<Tool, Record<string, unknown>>();

/** Its input for `tools/list`. */
export function jsonSchemaOf(tool: Tool): Record<string, unknown> {
  const known = schemas.get(tool);
  if (known !== undefined) return known;
  const { $schema: _, ...json } = toJsonSchema(v.strictObject(tool.entries), {
    typeMode: "input",
    errorMode: "ignore",
  });
  schemas.set(tool, json);
  return json;
}
