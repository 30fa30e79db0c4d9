import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runDeno } from "../helpers/run_deno.ts";
import { INTAKE_KEY, jsonBody, OPERATOR_TOKEN, ROOT, withToken } from "../helpers/start_app.ts";
import { type Service, startService } from "../helpers/start_service.ts";
import { taskArguments } from "../helpers/task.ts";

Deno.test("deno task keys makes a key, lists it and revokes it", async (t) => {
  await using service = await startService({ INTAKE_KEYS: `till:${INTAKE_KEY}` });
  let key = "", id = "";

  await t.step("add shows the key and its DSN, once", async () => {
    const made = await run(service, "add", "my shop", "--quota=50", "--note=the web shop");
    assertEquals(made.code, 0, made.output);
    [, key = ""] = /^key +([0-9a-f]{32})$/m.exec(made.stdout) ?? [];
    [, id = ""] = /^id +(\S+)$/m.exec(made.stdout) ?? [];
    const dsn = `dsn  ${service.url.replace("http://", `http://${key}@`)}/my%20shop/1`;
    assertStringIncludes(made.stdout, dsn);
    assertEquals(await report(service, key), 202);
  });
  await t.step("the list has it beside those of the environment, without the key", async () => {
    for (const args of [[], ["list"]]) {
      const { code, stdout, output } = await run(service, ...args);
      assertEquals(code, 0, output);
      const [head, ofEnvironment, ofStore] = stdout.split("\n");
      assertMatch(head!, /^ID +SERVICE +KIND +KEY +TODAY +REFUSED +PEAK\/S +LAST USED +MADE BY/);
      assertMatch(ofEnvironment!, /^env-\S+ +till +secret +intak… +0 +0 +0 of 10000 +never/);
      assertMatch(ofStore!, /^\S+ +my shop +secret +[0-9a-f]{6}… +1 +0 +1 of 50 +\d+ s ago/);
      assertMatch(ofStore!, /operator +the web shop$/);
      assert(!output.includes(key));
    }
    const { stdout } = await run(service, "--json");
    assertEquals(stdout.trimEnd().split("\n").map((line) => JSON.parse(line).id).at(-1), id);
  });
  await t.step("a public key belongs to a service and stays to be copied", async () => {
    const { stdout } = await run(service, "add", "web", "--public", "--json");
    const made = JSON.parse(stdout);
    assertEquals([made.is_public, made.quota], [true, 100]);
    const nameless = await run(service, "add", "--public");
    assertEquals(nameless.code, 1);
    assertStringIncludes(nameless.output, "a public key belongs to one");
  });
  await t.step("a key for any service says what is to be written in its DSN", async () => {
    const { output, stdout } = await run(service, "add");
    assertMatch(stdout, /^dsn +\S+\/my-app\/1$/m);
    assertStringIncludes(output, "write its name in place of my-app in the DSN");
    assertStringIncludes(output, "For one service alone: deno task keys add SERVICE");
  });
  await t.step("a revoked key is refused", async () => {
    const { code, stdout, output } = await run(service, "revoke", id);
    assertEquals(code, 0, output);
    assertMatch(stdout, /^revoked .+, my shop\)\n$/);
    assertEquals(await report(service, key), 401);
    assertMatch((await run(service)).stdout, /my shop +revoked/);
  });
  await t.step("what was typed wrong is said", async () => {
    const nobody = await run(service, "revoke", "nobody");
    assertEquals(nobody.code, 1);
    assertStringIncludes(nobody.output, "no key in the store has the id");
    const unclear = await run(service, "burn", id);
    assertEquals(unclear.code, 2);
    assertStringIncludes(unclear.output, "deno task keys add SERVICE");
    const words = await run(service, "add", "shop", "--quota=many");
    assertEquals(words.code, 2, words.output);
    assertStringIncludes(
      words.output,
      'quota must be a whole number of records a second, got "many"',
    );
    const none = await run(service, "add", "shop", "--quota=0");
    assertEquals(none.code, 1, none.output);
    assertMatch(none.output, /quota must be a whole number from 1 .*got 0/);
  });
});

function run(service: Service, ...args: string[]) {
  const env = { HOLDFAST_URL: service.url, OPERATOR_TOKEN, NO_COLOR: "1" };
  return runDeno(taskArguments("keys", ...args), ROOT, env);
}

async function report(service: Service, key: string): Promise<number> {
  const init = withToken(key, jsonBody({ message: "heron" }));
  const response = await fetch(`${service.url}/logs`, init);
  await response.body?.cancel();
  return response.status;
}
