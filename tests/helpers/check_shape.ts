import type { JsonSchema } from "../../modules/module.ts";
import { COMPONENTS, SCHEMAS } from "../../modules/shapes.ts";

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** What a value has less, more or other than its shape says, at any depth: `content.errors.0.route is no string`. */
export function faultsOf(schema: JsonSchema, value: unknown, at = "content"): string[] {
  const { $ref, anyOf, enum: allowed, const: only, type, format, items } = schema as Parts;
  if ($ref !== undefined) {
    return faultsOf(
      COMPONENTS[$ref.slice(SCHEMAS.length) as keyof typeof COMPONENTS],
      value,
      at,
    );
  }
  if (anyOf !== undefined) {
    const all = anyOf.map((one) => faultsOf(one, value, at));
    return all.find((faults) => faults.length === 0) ?? all.flat();
  }
  if (allowed !== undefined) {
    return allowed.includes(value) ? [] : [`${at} is none of ${allowed.join()}`];
  }
  if (only !== undefined) return value === only ? [] : [`${at} is not ${only}`];
  if (type === undefined) return [];
  const kind = [type].flat().find((kind) => isOfKind(value, kind));
  if (kind === undefined) return [`${at} is no ${[type].flat().join(" or ")}`];
  if (kind === "string" && format === "date-time") {
    return ISO_TIME.test(value as string) ? [] : [`${at} is no time`];
  }
  if (kind === "array") {
    return (value as unknown[]).flatMap((item, index) => faultsOf(items!, item, `${at}.${index}`));
  }
  return kind === "object" ? faultsOfObject(schema, value as Record<string, unknown>, at) : [];
}

interface Parts {
  $ref?: string;
  anyOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  type?: string | string[];
  format?: string;
  items?: JsonSchema;
}

function faultsOfObject(schema: JsonSchema, value: Record<string, unknown>, at: string): string[] {
  const { properties, required = [], additionalProperties } = schema as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
    additionalProperties?: JsonSchema;
  };
  const missing = required.filter((name) => value[name] === undefined);
  return [
    ...missing.map((name) => `${at}.${name} is missing`),
    ...Object.entries(value).flatMap(([name, part]) => {
      const shape = properties === undefined ? additionalProperties ?? {} : properties[name];
      return shape === undefined
        ? [`${at}.${name} is in no shape`]
        : faultsOf(shape, part, `${at}.${name}`);
    }),
  ];
}

function isOfKind(value: unknown, kind: string): boolean {
  if (kind === "null") return value === null;
  if (kind === "integer") return Number.isInteger(value);
  if (kind === "array") return Array.isArray(value);
  const ofValue: string = typeof value;
  return ofValue === kind && value !== null && !Array.isArray(value);
}
