/** What stands in the OpenAPI description as it is: the envelope, who may call, and the routes that are no modules. */

export type Json = Record<string, unknown>;

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
      description: "If the input is wrong: everything that is wrong with it.",
      items: {
        type: "object",
        required: ["path", "code", "message"],
        properties: {
          path: { type: "string", description: "The parameter, with dots for nested ones." },
          code: { type: "string" },
          message: { type: "string" },
        },
      },
    },
  },
};

export const SECURITY: Json = {
  intake: {
    type: "http",
    scheme: "bearer",
    description: "A key of INTAKE_KEYS that is not public.",
  },
  operator: { type: "http", scheme: "bearer", description: "OPERATOR_TOKEN." },
};

const ENVELOPED: Json = {
  description: "It is so.",
  content: { "application/json": { schema: { $ref: "#/components/schemas/Envelope" } } },
};

const RPC_ERROR: Json = {
  description: "An error of JSON-RPC.",
  content: {
    "application/json": {
      schema: {
        type: "object",
        required: ["jsonrpc", "error"],
        properties: {
          jsonrpc: { const: "2.0" },
          id: { type: ["string", "integer", "null"] },
          error: { type: "object", required: ["code", "message"] },
        },
      },
    },
  },
};

export const OPERATIONS: Record<string, Json> = {
  "/healthz": get("getHealthz", "Alive.", { 200: ENVELOPED }),
  "/readyz": get("getReadyz", "The store answers and accepts records, and the queue has room.", {
    200: ENVELOPED,
    503: failure("503"),
  }),
  "/metrics": get("getMetrics", "Counters for Prometheus.", {
    200: { description: "Text format 0.0.4.", content: { "text/plain": {} } },
    401: failure("401"),
  }, [{}, { operator: [] }]),
  "/openapi.json": get("getOpenapi", "This description.", {
    200: { description: "OpenAPI 3.1.", content: { "application/json": {} } },
  }),
  "/mcp": {
    post: {
      operationId: "postMcp",
      summary: "Model Context Protocol, streamable HTTP: one JSON-RPC message of a coding agent.",
      parameters: [],
      security: [{ operator: [] }],
      requestBody: {
        required: true,
        content: {
          "application/json": {
            schema: {
              type: "object",
              required: ["jsonrpc", "method"],
              properties: {
                jsonrpc: { const: "2.0" },
                id: { type: ["string", "integer"], description: "Absent in a notification." },
                method: { type: "string" },
                params: { type: "object" },
              },
            },
          },
        },
      },
      responses: {
        200: { description: "The answer, as an event.", content: { "text/event-stream": {} } },
        202: { description: "A notification was taken." },
        ...Object.fromEntries(
          ["400", "401", "403", "404", "406", "408", "413", "415", "429", "500", "503"]
            .map((status) => [status, RPC_ERROR]),
        ),
      },
    },
  },
};
/** Operations that strangers do not learn of. */
export const OF_OPERATORS: ReadonlySet<string> = new Set(["/metrics", "/mcp"]);

function get(operationId: string, summary: string, answers: Json, security: Json[] = []): Json {
  // A request can be wrong whatever it asks for.
  const responses = { ...answers, 400: failure("400"), default: failure("default") };
  return { get: { operationId, summary, parameters: [], security, responses } };
}

export function failure(status: string): Json {
  return { $ref: `#/components/responses/Failure${status}` };
}
