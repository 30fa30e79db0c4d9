/**
 * What stands in the OpenAPI description as it is: the envelope, who may call, and the routes that are no modules.
 *
 * @module
 */

export type Json = Record<string, unknown>;

/** The envelope around every answer. */
export const ENVELOPE: Json = {
  type: "object",
  required: ["content", "content_status", "status", "request_id"],
  properties: {
    content: { description: "The answer; when it failed, `[Error] <Name>: <sentence>`." },
    content_status: { enum: ["return", "error"] },
    status: { type: "integer", description: "Equals the HTTP status." },
    request_id: { type: "string", description: "Equals the X-Request-Id header." },
    error_code: { type: "string", description: "On failure: a stable machine code." },
    error_id: { type: "string", description: "When a failure was recorded: the receipt." },
    errors: {
      type: "array",
      description: "When the input is at fault: all that is wrong with it.",
      items: {
        type: "object",
        required: ["path", "code", "message"],
        properties: {
          path: { type: "string", description: "The parameter, with dots into objects." },
          code: { type: "string" },
          message: { type: "string" },
        },
      },
    },
  },
};

/** Who may call. */
export const SECURITY: Json = {
  intake: {
    type: "http",
    scheme: "bearer",
    description: "A key of INTAKE_KEYS that is not public.",
  },
  operator: { type: "http", scheme: "bearer", description: "OPERATOR_TOKEN." },
};

/** A request can be wrong whatever it asks for. */
const FAILURES: Json = { 400: failure("400"), default: failure("default") };

/** The routes that are no modules, by path. */
export const OPERATIONS: Record<string, Json> = {
  "/healthz": probe("getHealthz", "Alive."),
  "/readyz": probe("getReadyz", "The store answers and takes records, and the queue has room.", {
    503: failure("503"),
  }),
  "/metrics": {
    get: {
      operationId: "getMetrics",
      summary: "Counters for Prometheus.",
      parameters: [],
      security: [{}, { operator: [] }],
      responses: {
        200: { description: "Text format 0.0.4.", content: { "text/plain": {} } },
        401: failure("401"),
        ...FAILURES,
      },
    },
  },
  "/openapi.json": {
    get: {
      operationId: "getOpenapi",
      summary: "This description.",
      parameters: [],
      security: [],
      responses: {
        200: { description: "OpenAPI 3.1.", content: { "application/json": {} } },
        ...FAILURES,
      },
    },
  },
};

function probe(operationId: string, summary: string, failures: Json = {}): Json {
  const schema = { $ref: "#/components/schemas/Envelope" };
  return {
    get: {
      operationId,
      summary,
      parameters: [],
      security: [],
      responses: {
        200: { description: "It is so.", content: { "application/json": { schema } } },
        ...failures,
        ...FAILURES,
      },
    },
  };
}

/** One of `components.responses`. */
export function failure(status: string): Json {
  return { $ref: `#/components/responses/Failure${status}` };
}
