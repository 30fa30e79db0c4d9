// An agent with the client that most programs have: version 1 of the official one.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const { MCP_URL, MCP_TOKEN } = process.env;
const client = new Client({ name: "agent-of-the-tests", version: "1" });
await client.connect(
  new StreamableHTTPClientTransport(new URL(MCP_URL), {
    requestInit: { headers: { authorization: `Bearer ${MCP_TOKEN}` } },
  }),
);
const { tools } = await client.listTools();
const { structuredContent } = await client.callTool({ name: "list_errors", arguments: {} });
const [{ id }] = structuredContent.errors;
const { content } = await client.callTool({ name: "get_error", arguments: { id } });
const wrong = await client.callTool({ name: "get_error", arguments: {} });
console.log(JSON.stringify({
  tools: tools.map(({ name }) => name),
  text: content[0].text,
  wrong: wrong.content[0].text,
}));
await client.close();
