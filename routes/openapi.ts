/**
 * The OpenAPI 3.1 description, built from the registry.
 *
 * @module
 */
import type { Module } from "../modules/module.ts";

const VERSION = "1";

/** A JSON object. */
type Json = Record<string, unknown>;

/** From a valibot schema to JSON Schema. */
type Converter = (schema: unknown, config: object) => Json;

/** Describes the modules. Loads the JSON Schema converter on first use: starting does not pay for it. */
export async function openApi(modules: readonly Module[]): Promise<Record<string, unknown>> {
  const { toJsonSchema } = await import("@valibot/to-json-schema");
  const paths: Record<string, Json> = {};
  for (const module of modules) {
    const input = jsonSchema(module.input, {
      toJsonSchema: toJsonSchema as unknown as Converter,
      typeMode: "input",
    });
    const output = module.output && jsonSchema(module.output, {
      toJsonSchema: toJsonSchema as unknown as Converter,
      typeMode: "output",
    });
    for (const path of module.paths ?? [module.name]) {
      const template = path.replaceAll(/:(\w+)/g, "{$1}");
      (paths[template] ??= {})[(module.method ?? "GET").toLowerCase()] = operation(module, {
        schema: input,
        output,
        path,
      });
    }
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Holdfast",
      version: VERSION,
      summary: "Answers every request and remembers every failure.",
    },
    paths,
    components: { schemas: { Envelope: ENVELOPE }, securitySchemes: SECURITY },
  };
}

/** As JSON Schema; anything goes for a schema of a library that cannot be converted. */
function jsonSchema(
  schema: Module["input"],
  { toJsonSchema, typeMode }: { toJsonSchema: Converter; typeMode: "input" | "output" },
): Json {
  if (schema["~standard"].vendor !== "valibot") return {};
  const { $schema: _, ...json } = toJsonSchema(schema, { typeMode, errorMode: "ignore" });
  return json;
}

function operation(
  module: Module,
  { schema, output, path }: { schema: Json; output: Json | undefined; path: string },
): Json {
  const names = Array.from(path.matchAll(/:(\w+)/g), ([, name]) => name!);
  const properties = (schema.properties ?? {}) as Record<string, Json>;
  const required = (schema.required ?? []) as string[];
  const readsQuery = ["GET", "DELETE"].includes(module.method ?? "GET");
  const inQuery = readsQuery ? Object.keys(properties).filter((name) => !names.includes(name)) : [];
  return {
    summary: module.summary,
    parameters: [
      ...names.map((name) => ({
        name,
        in: "path",
        required: true,
        schema: properties[name] ?? { type: "string" },
      })),
      ...inQuery.map((name) => ({
        name,
        in: "query",
        required: required.includes(name),
        schema: properties[name],
      })),
    ],
    ...(!readsQuery && {
      requestBody: { content: { "application/json": { schema: without(schema, names) } } },
    }),
    ...(module.access && module.access !== "public" && { security: [{ [module.access]: [] }] }),
    responses: {
      [module.status ?? 200]: module.media
        ? { description: "A stream.", content: { [module.media]: {} } }
        : response("The answer.", output),
      default: response("A failure: `content_status` is `error`."),
    },
  };
}

function without(schema: Json, names: readonly string[]): Json {
  if (schema.properties === undefined) return schema;
  const properties = Object.entries(schema.properties as Json).filter(([name]) =>
    !names.includes(name)
  );
  const required = ((schema.required ?? []) as string[]).filter((name) => !names.includes(name));
  return { ...schema, properties: Object.fromEntries(properties), required };
}

function response(description: string, content?: Json): Json {
  const envelope = { $ref: "#/components/schemas/Envelope" };
  const schema = content === undefined
    ? envelope
    : { allOf: [envelope, { type: "object", properties: { content } }] };
  return { description, content: { "application/json": { schema } } };
}

const ENVELOPE: Json = {
  type: "object",
  required: ["content", "content_status", "status", "request_id"],
  properties: {
    content: { description: "The answer; when it failed, `[Error] <Name>: <sentence>`." },
    content_status: { enum: ["return", "error"] },
    status: { type: "integer", description: "Equals the HTTP status." },
    request_id: { type: "string", description: "Equals the X-Request-Id header." },
    error_code: { type: "string", description: "On failure: a stable machine code." },
    error_id: { type: "string", description: "When a failure was recorded: the receipt." },
  },
};

const SECURITY: Json = {
  intake: { type: "http", scheme: "bearer", description: "A key of INTAKE_KEYS." },
  operator: { type: "http", scheme: "bearer", description: "OPERATOR_TOKEN." },
};
