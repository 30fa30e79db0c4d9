import { strictEqual } from "node:assert";
import { type TestApp, testApp } from "@holdfast/holdfast/testing";
import { createApp } from "./main.ts";
import { report } from "./report.ts";

const KEY = "key_of_the_billing_service";

Deno.test("a failure of another service is an error here, under that service's name", async () => {
  await using app = await testApp(createApp, { intakeKeys: [`billing:${KEY}`] });
  await using server = serve(app);
  const receipt = await report(new TypeError("total is undefined"), { url: server.url, key: KEY });
  const [record] = await app.logs({ svc_name: "billing" });
  strictEqual(record?.error_id, receipt);
  strictEqual(record?.error?.message, "total is undefined");
});

Deno.test("a wrong key and a service that is away cost the reporting service nothing", async () => {
  await using app = await testApp(createApp, { intakeKeys: [`billing:${KEY}`] });
  const server = serve(app);
  strictEqual(await report(new Error("x"), { url: server.url, key: "wrong" }), undefined);
  await server[Symbol.asyncDispose]();
  strictEqual(await report(new Error("x"), { url: server.url, key: KEY }), undefined);
});

/** On a real port: reports are sent over the network. */
function serve({ hf }: TestApp): AsyncDisposable & { url: string } {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    hf.answerer(createApp(hf)),
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
