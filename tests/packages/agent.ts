// deno-lint-ignore-file no-import-prefix -- in deno.json it would be fetched at every start
/** An agent's client, the official one, at an app without a port or at a real service. */
import { Client, StreamableHTTPClientTransport } from "npm:@modelcontextprotocol/client@2.4.0";
import { OPERATOR_TOKEN } from "../helpers/start_app.ts";

/** Which of the two ways of the protocol: `initialize` first, or everything with each request. */
export type Way = "legacy" | { pin: string };

/** The newest version, whose clients say everything with each request. */
export const NEWEST: Way = { pin: "2026-07-28" };

/** How a client differs from the usual. */
export interface AgentOptions {
  /** Where it asks. */
  url?: string;
  /** What it sends as bearer. */
  token?: string;
  /** Default: {@linkcode NEWEST}. */
  way?: Way;
  /** Asks in place of `fetch`. */
  fetch?: (url: string | URL, init?: RequestInit) => Promise<Response>;
}

/** What a tool answered. */
export interface Told {
  /** Its text. */
  text: string;
  /** Whether it could not do what was asked. */
  isError: boolean;
  /** The same for programs. */
  // deno-lint-ignore no-explicit-any -- of many shapes
  structured: any;
}

/** A connected client. */
export interface Agent extends AsyncDisposable {
  /** The client itself. */
  readonly client: Client;
  /** Calls a tool. */
  call(name: string, args?: Record<string, unknown>): Promise<Told>;
}

/** Connects a client. */
export async function connectAgent(options: AgentOptions = {}): Promise<Agent> {
  const { url = "http://localhost/mcp", token = OPERATOR_TOKEN, way = NEWEST } = options;
  const client = new Client({ name: "agent-of-the-tests", version: "1" }, {
    versionNegotiation: { mode: way },
  });
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
    ...(options.fetch && { fetch: options.fetch }),
  });
  await client.connect(transport);
  return {
    client,
    async call(name, args) {
      const { content, isError = false, structuredContent } = await client.callTool({
        name,
        ...(args && { arguments: args }),
      });
      const text = (content as { text: string }[]).map(({ text }) => text).join("\n");
      return { text, isError, structured: structuredContent };
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}
