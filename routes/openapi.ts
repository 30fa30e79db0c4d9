/** The OpenAPI 3.1 description, built from the registry. */
import { FAILURES } from "../modules/failure.ts";
import type { Module } from "../modules/module.ts";
import { apiModules } from "../modules/registry.ts";
import { COMPONENTS } from "../modules/shapes.ts";
import {
  ENVELOPE,
  failure,
  type Json,
  OF_OPERATORS,
  OPERATIONS,
  SECURITY,
} from "./openapi_parts.ts";

/** Of this API; grows when something in it is taken away or changes its meaning. */
const VERSION = "1";

type Converter = (schema: unknown, config: object) => Json;

const TARGET = "draft-2020-12";

/** Every route can be asked wrongly, and can fail. */
const ALWAYS = [400, 422, 429, 500, 503, 504];
const WITH_BODY = [408, 413, 415];
/** What stands where the API was put. */
const API: ReadonlySet<Module> = new Set<Module>(apiModules);
const MEDIA_TYPES = {
  json: "application/json",
  form: "application/x-www-form-urlencoded",
  text: "text/plain",
  bytes: "application/octet-stream",
} as const;

/**
 * Describes the modules. Loads the JSON Schema converter on first use: starting does not pay for it. What is not `isWhole` has
 * nothing of the operator's beside them. `at` is where the API was put, without a slash at the end; other modules are below `/`.
 */
export async function openApi(
  modules: readonly Module[],
  { isWhole = true, at = "" }: { isWhole?: boolean; at?: string } = {},
): Promise<Record<string, unknown>> {
  const { toJsonSchema } = await import("@valibot/to-json-schema");
  const convert = toJsonSchema as unknown as Converter;
  const place = at === "" ? {} : { servers: [{ url: at }] };
  const paths: Record<string, Json> = {};
  for (const module of modules) {
    const schema = jsonSchema(module.described ?? module.input, { convert, typeMode: "input" });
    const output = module.output && jsonSchema(module.output, { convert, typeMode: "output" });
    for (const path of module.paths ?? [module.name]) {
      const template = path.replaceAll(/:(\w+)/g, "{$1}");
      (paths[template] ??= API.has(module) ? { ...place } : {})[methodOf(module).toLowerCase()] =
        operation(module, { schema, output, path });
    }
  }
  const operations = Object.entries(OPERATIONS)
    .filter(([path]) => isWhole || !OF_OPERATORS.has(path))
    .map(([path, item]) => [path, { ...place, ...item }]);
  const all = { ...paths, ...Object.fromEntries(operations) };
  return {
    openapi: "3.1.0",
    info: {
      title: "Holdfast",
      version: VERSION,
      summary: "Answers every request and remembers every failure.",
      description:
        "Every JSON answer is one flat envelope; a failure has its code in `error_code`.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    paths: all,
    components: {
      schemas: { Envelope: ENVELOPE, ...(modules.some((module) => API.has(module)) && COMPONENTS) },
      responses: failureResponses(JSON.stringify(all)),
      securitySchemes: SECURITY,
    },
  };
}

/** As JSON Schema; anything goes for a schema of a library that cannot be converted. */
function jsonSchema(
  schema: Module["input"],
  { convert, typeMode }: { convert: Converter; typeMode: "input" | "output" },
): Json {
  const { vendor, jsonSchema } = schema["~standard"];
  if (jsonSchema) return jsonSchema[typeMode]({ target: TARGET });
  if (vendor !== "valibot") return {};
  const config = { typeMode, errorMode: "ignore", target: TARGET };
  const { $schema: _, ...json } = convert(schema, config);
  return json;
}

function operation(
  module: Module,
  { schema, output, path }: { schema: Json; output: Json | undefined; path: string },
): Json {
  const names = Array.from(path.matchAll(/:(\w+)/g), ([, name]) => name!);
  const properties = (schema.properties ?? {}) as Record<string, Json>;
  const required = (schema.required ?? []) as string[];
  const hasBody = !["GET", "DELETE"].includes(methodOf(module));
  const inQuery = hasBody ? [] : Object.keys(properties).filter((name) => !names.includes(name));
  return {
    operationId: operationId(methodOf(module), path),
    summary: module.summary,
    parameters: [
      ...names.map((name) => ({
        name,
        in: "path",
        required: true,
        schema: { minLength: 1, ...properties[name] ?? { type: "string" } },
      })),
      ...inQuery.map((name) => ({
        name,
        in: "query",
        required: required.includes(name),
        schema: properties[name],
      })),
    ],
    ...(hasBody && { requestBody: requestBody(module, without(schema, names)) }),
    security: securityOf(module),
    responses: {
      [module.status ?? 200]: module.media
        ? { description: "A stream.", content: { [module.media]: {} } }
        : module.status === 204
        ? { description: "Done; the answer has no content." }
        : response("The answer.", output),
      ...failuresOf(module, { hasBody, hasNames: names.length > 0 }),
    },
  };
}

function methodOf({ method = "GET" }: Module): string {
  return method;
}

/** `GET /errors/:id/occurrences` is `getErrorsByIdOccurrences`. */
function operationId(method: string, path: string): string {
  const words = path.split("/").filter(Boolean).map((part) => part.replace(/^:/, "by_"));
  const name = (words.length === 0 ? ["root"] : words).join("_").replace(/\W+/g, "_");
  return method.toLowerCase() +
    name.replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** No body at all is an empty object: it must be there where something in it must. */
function requestBody({ body = "json" }: Module, schema: Json): Json {
  const mayBeEmpty = schema.type === "object" && (schema.required as string[]).length === 0;
  return { required: !mayBeEmpty, content: { [MEDIA_TYPES[body]]: { schema } } };
}

function securityOf({ access = "public", mayFail = [] }: Module): Json[] {
  if (access !== "public") return [{ [access]: [] }];
  // Open to anyone, but for a part of it.
  return mayFail.includes(401) ? [{}, { operator: [] }] : [];
}

/** By status, as `components.responses` has them. */
function failuresOf(
  { access = "public", method = "GET", mayFail = [] }: Module,
  { hasBody, hasNames }: { hasBody: boolean; hasNames: boolean },
): Json {
  const statuses = new Set([
    ...ALWAYS,
    ...(hasBody ? WITH_BODY : []),
    ...(hasNames ? [404] : []),
    ...(access === "public" ? [] : [401]),
    // A public key, or a token that may only read.
    ...(access === "intake" || access === "operator" && method !== "GET" ? [403] : []),
    ...mayFail,
  ]);
  const entries = [...statuses].map((status) => [status, failure(String(status))]);
  return { ...Object.fromEntries(entries), default: failure("default") };
}

/** Those that the paths refer to. */
function failureResponses(paths: string): Json {
  const names = new Map<number, Set<string>>();
  for (const { status, name } of Object.values(FAILURES)) {
    names.set(status, (names.get(status) ?? new Set()).add(name));
  }
  const used = Array.from(names)
    .map(([status, all]) => [`Failure${status}`, response(`${[...all].join(" or ")}.`)])
    .filter(([name]) => paths.includes(`/${name}"`));
  return {
    ...Object.fromEntries(used),
    Failuredefault: response("A failure: `content_status` is `error`."),
  };
}

function without(schema: Json, names: readonly string[]): Json {
  if (schema.properties === undefined) return schema;
  const properties = { ...schema.properties as Json };
  for (const name of names) delete properties[name];
  const required = ((schema.required ?? []) as string[]).filter((name) => !names.includes(name));
  return { ...schema, properties, required };
}

function response(description: string, content?: Json): Json {
  const envelope = { $ref: "#/components/schemas/Envelope" };
  const schema = content === undefined
    ? envelope
    : { allOf: [envelope, { type: "object", properties: { content } }] };
  return { description, content: { "application/json": { schema } } };
}
