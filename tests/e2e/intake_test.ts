import { assertEquals } from "@std/assert";
import { gzipSync } from "node:zlib";
import { BARE_KEY, errorEvent, eventEnvelope, SHOP_KEY } from "../helpers/envelopes.ts";
import { startMountedApp } from "../helpers/start_mounted_app.ts";
import { type Service, startService } from "../helpers/start_service.ts";
import { until } from "../helpers/until.ts";
import { bodyOf, type Captured, captured } from "../intake/captured.ts";

/** Bytes of a part, where a client did not say how long its body is. */
const PART_BYTES = 1_000;
const EVENT_ROUTES = /^\/(?:api\/[1-9]\d*\/|tunnel|v1\/)/;

Deno.test("what real clients sent is taken by the real service as it came, and found again", async (t) => {
  await using service = await startService({
    // Those that the clients were given: they belong to no service.
    INTAKE_KEYS: "0123456789abcdef0123456789abcdef,key,k",
    TUNNEL_PATH: "/tunnel",
  });
  const requests = captured().filter(({ request }) => EVENT_ROUTES.test(request.path));
  for (const sent of requests) {
    await t.step(`${sent.client} ${sent.version}: ${sent.what}`, async () => {
      const answer = await service.fetch(sent.request.path, asItCame(sent));
      // One was captured from a client that had no key.
      const hasKey = !sent.request.path.startsWith("/v1/") ||
        sent.request.headers.authorization !== undefined;
      assertEquals(answer.status, hasKey ? 200 : 401);
      await answer.body?.cancel();
    });
  }
  await t.step("each failure is a receipt by its event's id", async () => {
    const events = requests.flatMap(({ expect = [] }) => expect)
      .filter(({ event_id, kind, counts_as_error }) =>
        event_id !== undefined && (kind === "error" || counts_as_error)
      );
    const missing = [];
    for (const { event_id } of events) {
      if (!await isReceipt(service, event_id!)) missing.push(event_id);
    }
    assertEquals([events.length > 40, missing], [true, []]);
  });
  await t.step(
    "services of OpenTelemetry's exporters have the names that they give themselves",
    async () => {
      const names = ["shop-otel", "shop-py", "shop-go", "shop-deno"];
      for (const name of names) {
        await until(async () => (await service.asOperator(`/errors?svc_name=${name}`)).total > 0, {
          what: `the store has errors of ${name}`,
        });
      }
    },
  );
  const { errors } = await service.asOperator("/errors?svc_name=holdfast");
  assertEquals(errors, [], "the service itself had no failure");
});

Deno.test("in an app of one's own, behind a proxy's prefix, clients reach the API where it was put", async () => {
  const keys = `shop:${SHOP_KEY},${BARE_KEY}`;
  await using app = await startMountedApp({ INTAKE_KEYS: keys, TUNNEL_PATH: "/t" });
  const at = `${app.publicUrl}/holdfast`;
  const dsn = `${at.replace("://", `://${BARE_KEY}@`)}/till/1`;
  const sent: [url: string, body: string, headers?: Record<string, string>][] = [
    [`${at}/api/1/envelope/?sentry_key=${SHOP_KEY}`, eventEnvelope("by the key")],
    [`${at}/till/api/1/envelope/?sentry_key=${BARE_KEY}`, eventEnvelope("by the path")],
    [`${at}/till/api/1/store/`, JSON.stringify(errorEvent("of an old client")), {
      "x-sentry-auth": `Sentry sentry_version=7,sentry_key=${BARE_KEY}`,
    }],
    [`${at}/t`, eventEnvelope("through the tunnel", { dsn })],
  ];
  for (const [url, body, headers] of sent) {
    const answer = await fetch(url, { method: "POST", body, headers: headers ?? {} });
    assertEquals(answer.status, 200, url);
    await answer.body?.cancel();
  }
  const counts = { shop: 1, till: 3 };
  for (const [name, count] of Object.entries(counts)) {
    await until(async () => {
      const token = { authorization: "Bearer operator-token-of-the-tests" };
      const answer = await fetch(`${at}/errors?svc_name=${name}`, { headers: token });
      const { errors } = (await answer.json()).content as { errors: { count: number }[] };
      return errors.reduce((sum, error) => sum + error.count, 0) === count;
    }, { what: `${count} failures of ${name} are stored` });
  }
  // The app's own recorder leaves no record of what was taken.
  const token = { authorization: "Bearer operator-token-of-the-tests" };
  const answer = await fetch(`${at}/logs?q=envelope`, { headers: token });
  assertEquals((await answer.json()).content.logs, []);
});

/** Method, headers, encoding and framing of the client. */
function asItCame({ file, request }: Captured): RequestInit {
  const { method, headers, content_encoding: encoding, framing } = request;
  const plain = bodyOf({ file });
  const body = encoding === "gzip" ? new Uint8Array(gzipSync(plain)) : plain;
  return {
    method,
    headers: { ...headers, ...(encoding !== null && { "content-encoding": encoding }) },
    body: framing === "chunked" ? inParts(body) : body,
  };
}

function inParts(body: Uint8Array): ReadableStream<Uint8Array> {
  const parts = Array.from(
    { length: Math.ceil(body.length / PART_BYTES) },
    (_, at) => body.subarray(at * PART_BYTES, (at + 1) * PART_BYTES),
  );
  return ReadableStream.from(parts);
}

async function isReceipt(service: Service, eventId: string): Promise<boolean> {
  const answer = await service.fetch(`/?query_content=${eventId}&user_type=guest`);
  await answer.body?.cancel();
  return answer.ok;
}
