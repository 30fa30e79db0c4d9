import fc from "fast-check";

/** A part of a JSON Schema, as far as openapi.json uses it. */
export interface JsonSchema {
  /** The type of a value, or several. */
  type?: string | string[];
  /** Any of these. */
  anyOf?: JsonSchema[];
  /** One of these values. */
  enum?: unknown[];
  /** What a text is. */
  format?: string;
  /** Characters, at least. */
  minLength?: number;
  /** Characters, at most. */
  maxLength?: number;
  /** The smallest number. */
  minimum?: number;
  /** The largest number. */
  maximum?: number;
  /** Of a list. */
  items?: JsonSchema;
  /** Items, at least. */
  minItems?: number;
  /** Items, at most. */
  maxItems?: number;
  /** Of an object, by name. */
  properties?: Record<string, JsonSchema>;
  /** Which of them must be there. */
  required?: string[];
  /** All others. */
  additionalProperties?: JsonSchema;
}

/** Tests need variety, not length. */
const MAX_CHARS = 40;
const MAX_ITEMS = 4;
const YEAR_9999 = new Date(Date.UTC(9999, 11, 31));

/** Values that a schema allows. */
export function fromSchema(schema: JsonSchema): fc.Arbitrary<unknown> {
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(fromSchema));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (Array.isArray(schema.type)) {
    return fc.oneof(...schema.type.map((type) => fromSchema({ ...schema, type })));
  }
  switch (schema.type) {
    case "string":
      return textOf(schema);
    case "integer":
      return fc.integer({ min: schema.minimum ?? -1_000, max: schema.maximum ?? 1_000 });
    case "number":
      return fc.double({
        min: schema.minimum ?? -Number.MAX_VALUE,
        max: schema.maximum ?? Number.MAX_VALUE,
        noNaN: true,
        noDefaultInfinity: true,
      });
    case "boolean":
      return fc.boolean();
    case "array":
      return fc.array(fromSchema(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? MAX_ITEMS, MAX_ITEMS),
      });
    case "object":
      return objectOf(schema);
    case undefined:
      return fc.jsonValue();
    default:
      throw new Error(`No values are made of type ${schema.type}`);
  }
}

function textOf({ format, minLength = 0, maxLength = MAX_CHARS }: JsonSchema) {
  if (format === "date-time") {
    return fc.date({ min: new Date(0), max: YEAR_9999, noInvalidDate: true })
      .map((date) => date.toISOString());
  }
  return fc.string({ minLength, maxLength: Math.min(maxLength, MAX_CHARS), unit: "binary" })
    .filter((text) => text.length <= maxLength);
}

function objectOf({ properties = {}, required = [], additionalProperties }: JsonSchema) {
  const known = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, fromSchema(schema)]),
  );
  const record = fc.record(known, { requiredKeys: required });
  if (additionalProperties === undefined) return record;
  const others = fc.dictionary(fc.string(), fromSchema(additionalProperties), {
    maxKeys: MAX_ITEMS,
  });
  return fc.tuple(others, record).map(([more, all]) => ({ ...more, ...all }));
}
