/** Official clients of the Model Context Protocol at the real service: version 1, and the inspector with its checks of tools. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { startService } from "../helpers/start_service.ts";
import { type Client, installed, reasonToSkip, runClient } from "./clients.ts";

const CLIENT: Client = {
  folder: "mcp_node",
  needs: ["node", "npm"],
  install: [["npm", "ci", "--ignore-scripts"]],
  isQuick: false,
};
const INSPECTOR = "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js";
const READER = "token-of-ben-0123456789";
const TOKENS = `ana:token-of-ana-0123456789,ben:${READER}:read`;
const READING = ["list_errors", "get_error", "search_logs", "get_reproduction"];
const CALLS = 200;
const REASON = reasonToSkip(CLIENT);
const suffix = REASON ? ` (${REASON})` : "";

Deno.test({
  name: `the official client's version 1 lists, reads and is told what it asked wrongly${suffix}`,
  ignore: REASON !== undefined,
  async fn() {
    await using service = await startService({ OPERATOR_TOKEN: TOKENS });
    const { error_id } = await (await service.fetch("/fail?how=throw")).json();
    await (await service.fetch(`/?query_content=${error_id}&user_type=guest`)).body?.cancel();
    const output = await runClient(CLIENT, {
      command: ["node", "agent.js"],
      env: { MCP_URL: `${service.url}/mcp`, MCP_TOKEN: READER },
    });
    const { tools, text, wrong } = JSON.parse(output);
    assertEquals(tools, READING);
    assertStringIncludes(text, 'throw new Error("thrown on purpose by /fail")');
    assertEquals(wrong, "[Error] KeyError: id is missing");
  },
});

Deno.test({
  name: `the inspector finds nothing wrong with the tools, in both eras of the protocol${suffix}`,
  ignore: REASON !== undefined,
  async fn() {
    await using service = await startService({ OPERATOR_TOKEN: TOKENS });
    await installed(CLIENT);
    const inspect = (era: string, ...args: string[]) =>
      runClient(CLIENT, {
        command: [
          ...["node", INSPECTOR, "--cli", `${service.url}/mcp`, "--protocol-era", era],
          ...["--header", `Authorization: Bearer ${READER}`, ...args],
        ],
        env: { HOME: Deno.makeTempDirSync() },
      });
    for (const era of ["legacy", "modern"]) {
      // It ends with 6 where a schema is one that some programs cannot use.
      const listed = await inspect(era, "--method", "tools/list", "--strict", "--quiet");
      assertEquals(JSON.parse(listed).tools.map(({ name }: { name: string }) => name), READING);
      const call = ["--method", "tools/call", "--tool-name", "search_logs"];
      const load = await inspect(era, ...call, "--load", "--load-requests", String(CALLS));
      assertMatch(load, /error[^\n]*\b0\b/i);
    }
  },
});
