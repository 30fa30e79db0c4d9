import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { startService } from "../helpers/start_service.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { until } from "../helpers/until.ts";

const DSN = /Intake: open, DSN http:\/\/(\w+)@([\d.:]+)\/my-app\/1 \(/;

Deno.test("a first start prints a DSN that works as it is, the next start prints the same key", async () => {
  using folder = tempFolder();
  const variables = { STORE_URL: `sqlite:${folder.at("holdfast.db")}` };
  const keys: string[] = [];
  for (let start = 0; start < 2; start++) {
    await using service = await startService(variables);
    const [, key = "", host = ""] = DSN.exec(service.output) ?? [];
    keys.push(key);
    const event = JSON.stringify({ message: "pelican", level: "error" });
    const envelope = `{}\n{"type":"event"}\n${event}\n`;
    const sent = await fetch(`http://${host}/my-app/api/1/envelope/?sentry_key=${key}`, {
      method: "POST",
      body: envelope,
    });
    assertEquals(sent.status, 200, await sent.text());
    await until(async () => {
      const { errors } = await service.asOperator("/errors?svc_name=my-app");
      return errors[0]?.count === start + 1;
    }, { what: "the event is an error of my-app" });
    assertEquals(Deno.statSync(folder.at("intake-key")).mode! & 0o777, 0o600);
  }
  assertEquals(keys[0], keys[1]);
  assertEquals(keys[0]!.length, 32);
});

Deno.test("the first key is revoked like any other: then no start makes another", async () => {
  using folder = tempFolder();
  const variables = { STORE_URL: `sqlite:${folder.at("holdfast.db")}` };
  {
    await using service = await startService(variables);
    const { keys } = await service.asOperator("/keys");
    assertEquals(keys.length, 1);
    assertEquals([keys[0].created_by, keys[0].key], ["holdfast", null]);
    await service.asOperator(`/keys/${keys[0].id}`, { method: "DELETE" });
  }
  await using service = await startService(variables);
  assertStringIncludes(
    service.output,
    "Intake: closed (INTAKE_KEYS is not set, and no key was made)",
  );
});

Deno.test("where keys are set, or the service can be reached from elsewhere, no first key is made", async () => {
  for (const [name, value] of [["INTAKE_KEYS", "key_of_all_services"], ["HOST", "0.0.0.0"]]) {
    using folder = tempFolder();
    await using service = await startService({
      [name!]: value!,
      STORE_URL: `sqlite:${folder.at("holdfast.db")}`,
    });
    assert(!DSN.test(service.output), service.output);
    assertEquals(
      Array.from(Deno.readDirSync(folder.path), ({ name }) => name).includes("intake-key"),
      false,
    );
  }
});

Deno.test("outside development the first key is not printed, but where it is kept", async () => {
  await using service = await startService({ HOLDFAST_ENV: "production" });
  assertStringIncludes(service.output, "Intake: open (the first key is kept in ");
  assert(!DSN.test(service.output));
});
