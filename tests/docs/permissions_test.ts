import { assertEquals, assertNotMatch } from "@std/assert";
import { OPERATOR_TOKEN, ROOT, withToken } from "../helpers/start_app.ts";
import { environmentWithoutOurs } from "../helpers/start_service.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { until } from "../helpers/until.ts";
import { urlIn } from "../helpers/url_in.ts";
import { blocks, readDocument } from "./documents.ts";

const FOLDER = "/var/lib/holdfast";

Deno.test("the service does all its work with the narrower permissions of the docs", async () => {
  using folder = tempFolder();
  const port = freePort();
  const { args, variables } = commandOfTheDocs({ folder: folder.path, port });
  const process = new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    clearEnv: true,
    env: { ...environmentWithoutOurs(), ...variables, OPERATOR_TOKEN, PORT: String(port) },
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const url = await urlIn(process.stdout);
  const { error_id } = await (await fetch(`${url}/fail?how=throw`)).json();
  const found = await until(async () => {
    const response = await fetch(`${url}/?query_content=${error_id}&user_type=guest`);
    return response.ok ? await response.json() : void await response.body?.cancel();
  }, { what: "the failure is stored" });
  assertEquals(found.content.state, "open");
  assertEquals(
    (await fetch(`${url}/openapi.json`).then((response) => response.json())).openapi,
    "3.1.0",
  );
  const logs = await (await fetch(`${url}/logs`, withToken(OPERATOR_TOKEN))).json();
  assertNotMatch(JSON.stringify(logs), /NotCapable|Requires \w+ access/);

  process.kill("SIGTERM");
  assertEquals((await process.status).code, 0);
  const files = Array.from(Deno.readDirSync(folder.path), ({ name }) => name).sort();
  assertEquals(files, ["holdfast.db", "holdfast.ndjson", "intake-key"]);
});

/** The one command of the docs, with the test's own folder and port in place of theirs. */
function commandOfTheDocs(
  { folder, port }: { folder: string; port: number },
): { args: string[]; variables: Record<string, string> } {
  const [block] = blocks(readDocument("docs/configuration.md"), "sh permissions");
  const words = (block?.text ?? "").replaceAll(FOLDER, folder).replaceAll(":8000", `:${port}`)
    .split(/[\s\\]+/).filter(Boolean);
  const at = words.indexOf("deno");
  return {
    variables: Object.fromEntries(words.slice(0, at).map((pair) => splitOnce(pair))),
    args: words.slice(at + 1),
  };
}

function splitOnce(pair: string): [string, string] {
  const at = pair.indexOf("=");
  return [pair.slice(0, at), pair.slice(at + 1)];
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
