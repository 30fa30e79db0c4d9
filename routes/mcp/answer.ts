/** One message of an agent's client, and what is answered. The protocol is tmcp's; sessions are kept for nobody. */
import { HttpTransport } from "@tmcp/transport-http";
import { INVALID_REQUEST } from "../mcp.ts";
import type { Tools } from "../tools.ts";
import { type AgentContext, AgentServer, SESSION_VERSIONS } from "./agent_server.ts";
import { readTools } from "./read_tools.ts";
import { writeTools } from "./write_tools.ts";

const VERSION_HEADER = "mcp-protocol-version";
/** Of a body whose client says its version with every request. */
const VERSION_KEY = "io.modelcontextprotocol/protocolVersion";
/** What is handed on of a request's headers: who may ask is settled. */
const HANDED_ON = /^(?:content-type|mcp-(?!session-id).*)$/;

type Transport = HttpTransport<AgentContext>;

/** By what a token may do. */
interface Transports {
  readers: Transport;
  writers: Transport;
}

export interface Answer {
  status: number;
  /** The body's media type; null without a body. */
  type: string | null;
  body: string | null;
}

const transportsOf = new WeakMap<Tools, Transports>();

export async function answerAgent(
  text: string,
  { request, tools, ...context }: AgentContext & { request: Request; tools: Tools },
): Promise<Answer> {
  const refused = refuseVersion(text, request);
  if (refused !== undefined) return refused;
  const { readers, writers } = transports(tools);
  const headers = [...request.headers].filter(([name]) => HANDED_ON.test(name));
  const message = new Request(request.url, { method: "POST", headers, body: text });
  const transport = context.operator.mayWrite ? writers : readers;
  const response = await transport.respond(message, context);
  const body = await response!.text();
  const type = response!.headers.get("content-type");
  if (body !== "") return { status: response!.status, type, body };
  // tmcp is silent about a request whose id it cannot read, such as 1.5: its client would wait.
  if (response!.status === 200) {
    return refusal("not a request of JSON-RPC 2.0: its id must be a text or an integer");
  }
  return { status: response!.status, type: null, body: null };
}

function transports(tools: Tools): Transports {
  const known = transportsOf.get(tools);
  if (known !== undefined) return known;
  const made = {
    readers: transport(new AgentServer(readTools, tools)),
    writers: transport(new AgentServer([...readTools, ...writeTools], tools)),
  };
  transportsOf.set(tools, made);
  return made;
}

function transport(server: AgentServer): Transport {
  // An empty id: no session is begun, so that any instance can answer.
  return new HttpTransport(server, { path: null, getSessionId: () => "", disableSse: true });
}

/** A client that has agreed on a version says it with each further request (2025-06-18, Protocol Version Header). */
function refuseVersion(text: string, { headers }: Request): Answer | undefined {
  const version = headers.get(VERSION_HEADER);
  if (version === null || SESSION_VERSIONS.includes(version)) return undefined;
  const message = parsed(text);
  // Who says it in the body too is answered by tmcp, and at `initialize` there is none yet.
  if (message?.method === "initialize" || message?.params?._meta?.[VERSION_KEY]) return undefined;
  const shown = JSON.stringify(version.slice(0, 80));
  const sentence = `MCP-Protocol-Version must be one of ${
    SESSION_VERSIONS.join(", ")
  }, got ${shown}`;
  return refusal(sentence, message?.id);
}

function refusal(message: string, id: unknown = null): Answer {
  const error = { code: INVALID_REQUEST, message };
  return {
    status: 400,
    type: "application/json",
    body: JSON.stringify({ jsonrpc: "2.0", id, error }),
  };
}

// deno-lint-ignore no-explicit-any -- anything may be sent; what is read of it may be missing
function parsed(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
