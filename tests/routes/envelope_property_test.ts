import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { modules } from "../../modules/registry.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { INTAKE_KEY, OPERATOR_TOKEN, startApp } from "../helpers/start_app.ts";
import { synthetic } from "../helpers/synthetic.ts";

const RUNS = 300;

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom("__proto__", "constructor", "toString", "\0", "\ud800", "%zz", "'\"--", "NULL"),
);
const name = fc.oneof(
  text,
  fc.constantFrom("query_content", "user_type", "limit", "cursor", "q", "state", "sort", "how"),
);
const query = fc.array(fc.tuple(name, text), { maxLength: 5 }).map((pairs) =>
  pairs.map(([key, value]) => `${encode(key)}=${encode(value)}`).join("&")
);
const path = fc.oneof(
  fc.constantFrom("/", "/home", "/errors", "/logs", "/errors/x", "/errors/x/mute", "/readyz"),
  text.map((text) => `/${encode(text)}`),
  text.map((text) => `/errors/${encode(text)}`),
);
const method = fc.constantFrom("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND");
const token = fc.constantFrom(undefined, OPERATOR_TOKEN, INTAKE_KEY, "wrong");
const headerValue = fc.string({ unit: fc.constantFrom(...'aZ09 ;,=/*+"\\{}()<>é\t') });
const body = fc.oneof(
  fc.json(),
  fc.string(),
  fc.uint8Array(),
  fc.array(fc.record({ svc_name: fc.anything(), level: text, error: fc.anything() }))
    .map(safeJson),
  fc.record({ svc_name: text, message: text, time: text, attrs: fc.dictionary(name, text) })
    .map(safeJson),
);
const type = fc.constantFrom(undefined, "application/json", "text/plain", "application/json;x");

Deno.test("whatever is asked, by whomever, the answer is a well-formed envelope and no 5xx", async () => {
  const served = modules.filter(({ name }) => name !== "/fail");
  await using app = await startApp({ modules: served });
  const request = fc.record({ path, query, method, token, body, type, id: headerValue });
  await fc.assert(
    fc.asyncProperty(request, async ({ path, query, method, token, body, type, id }) => {
      const headers = new Headers({ "x-request-id": id, accept: id });
      if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
      if (type !== undefined) headers.set("content-type", type);
      const hasBody = !["GET", "HEAD"].includes(method);
      const init = { method, headers, ...(hasBody && { body: body as BodyInit }) };
      const response = await app.fetch(new Request(`http://localhost${path}?${query}`, init));
      if (response.status === 204) {
        return assert(method === "OPTIONS" && response.headers.has("allow"));
      }
      const envelope = await readEnvelope(response);
      assert(response.status < 500, JSON.stringify(envelope));
    }),
    { numRuns: RUNS },
  );
});

Deno.test("whatever a module returns or throws, the answer is a well-formed envelope", async () => {
  let act: () => unknown;
  await using app = await startApp({ modules: [synthetic(() => act())] });
  const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true });
  await fc.assert(
    fc.asyncProperty(anything, fc.boolean(), async (value, throws) => {
      act = () => {
        if (throws) throw value;
        return value;
      };
      const response = await app.request("/synthetic");
      const envelope = await readEnvelope(response);
      if (throws) assertEquals([response.status, envelope.error_code], [500, "internal"]);
    }),
    { numRuns: RUNS },
  );
});

/** Percent-encodes; a lone surrogate, which has no UTF-8, becomes bytes that are none. */
function encode(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : "%ED%A0%80";
}

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return "{";
  }
}
