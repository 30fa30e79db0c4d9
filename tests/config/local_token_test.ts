import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { localToken, localTokenPath, readLocalToken } from "../../config/local_token.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { ROOT, withToken } from "../helpers/start_app.ts";
import { startService } from "../helpers/start_service.ts";
import { taskArguments } from "../helpers/task.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

Deno.test("the operator's token outlives a restart, and nobody but its owner may read it", async () => {
  using folder = tempFolder();
  const variables = { OPERATOR_TOKEN: "", STORE_URL: `sqlite:${folder.at("holdfast.db")}` };
  const tokens: string[] = [];
  for (let start = 0; start < 2; start++) {
    await using service = await startService(variables);
    const [, path = "", token = ""] = /kept in (\S+): ([0-9a-f]{32})/.exec(service.output) ?? [];
    assertEquals(path, localTokenPath(folder.path));
    assertEquals(Deno.statSync(path).mode! & 0o777, 0o600);
    await readEnvelope(await service.fetch("/errors", withToken(token)), { status: 200 });
    tokens.push(token);
  }
  assertEquals(tokens[0], tokens[1]);
});

Deno.test("two processes that start in one folder at once have the same token", async () => {
  using folder = tempFolder();
  const variables = { OPERATOR_TOKEN: "", STORE_URL: `sqlite:${folder.at("holdfast.db")}` };
  const starting = [startService(variables), startService(variables)] as const;
  await using one = await starting[0];
  await using other = await starting[1];
  const token = readLocalToken(folder.path)!;
  for (const service of [one, other]) {
    await readEnvelope(await service.fetch("/errors", withToken(token)), { status: 200 });
  }
});

Deno.test("the terminal tools find the token of a service in the same folder, and of no other machine", async () => {
  using folder = tempFolder();
  const STORE_URL = `sqlite:${folder.at("holdfast.db")}`;
  await using service = await startService({ OPERATOR_TOKEN: "", STORE_URL });
  const run = (url: string) =>
    new Deno.Command(Deno.execPath(), {
      args: taskArguments("errors", `--url=${url}`),
      cwd: ROOT,
      clearEnv: true,
      env: { PATH: Deno.env.get("PATH")!, HOME: Deno.env.get("HOME")!, STORE_URL, NO_COLOR: "1" },
    }).output();
  const found = await run(service.url);
  const told = new TextDecoder().decode(found.stderr);
  assertMatch(told, /^0 of 0 errors$/m);
  assertEquals(found.code, 0);
  // Another name of this machine, which might be another machine.
  const elsewhere = await run(service.url.replace("127.0.0.1", "0.0.0.0"));
  assertEquals(elsewhere.code, 1);
});

Deno.test("a file that holds no token is replaced, and a folder that takes none costs the restart alone", () => {
  using folder = tempFolder();
  Deno.writeTextFileSync(localTokenPath(folder.path), "torn");
  const { token, isKept } = localToken(folder.path);
  assert(isKept);
  assertEquals(readLocalToken(folder.path), token);
  assertEquals(localToken(folder.path), { token, isKept: true });
  assertEquals(Array.from(Deno.readDirSync(folder.path), ({ name }) => name), ["operator-token"]);

  const nowhere = `${localTokenPath(folder.path)}/below-a-file`;
  const [one, other] = [localToken(nowhere), localToken(nowhere)];
  assertEquals([one.isKept, other.isKept], [false, false]);
  assertNotEquals(one.token, other.token);
});
