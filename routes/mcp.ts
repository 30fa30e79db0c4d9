/** The route that coding agents ask: the Model Context Protocol over streamable HTTP. What answers is loaded at the first request. */
import { Hono } from "hono";
import { Failure, Forbidden } from "../modules/failure.ts";
import type { HonoApp, HonoContext } from "../modules/hono.ts";
import { quoted } from "../modules/issues.ts";
import { toFailure } from "../modules/run.ts";
import { decodeBody, readBodyBytes } from "./body.ts";
import { asPart } from "./check_routes.ts";
import {
  type AboutFailure,
  ANSWER_HEADERS,
  type Exchange,
  type FailureAnswer,
} from "./exchange.ts";
import { ownExchange } from "./exchanges.ts";
import type { Tools } from "./tools.ts";

const PATH = "/mcp";
const METHOD = "POST";
/** A GET would open a stream of messages from here, a DELETE would end a session: there are neither. */
const OTHER_METHODS = ["GET", "PUT", "PATCH", "DELETE"];
/** What its answers are sent as. */
const STREAM_TYPE = "text/event-stream";
/** The longest argument is a note. */
const MAX_MESSAGE_BYTES = 256 * 1024;
/** JSON-RPC 2.0, 5.1. */
export const INVALID_REQUEST = -32600;
const INTERNAL_ERROR = -32603;

type Agents = typeof import("./mcp/answer.ts");

/** None where no operator's token is set: nobody could ask. */
export function mcpRoutes(tools: Tools): HonoApp {
  const hono = new Hono();
  if (tools.operators.length === 0) return hono;
  let agents: Promise<Agents> | undefined;
  const load = () =>
    agents ??= import("./mcp/answer.ts").catch((error) => {
      // Its packages may come from a registry, which may answer next time.
      agents = undefined;
      throw error;
    });
  const serve = (c: HonoContext) => serveMcp(c, { tools, load });
  return hono.on([METHOD, ...OTHER_METHODS], [PATH, `${PATH}/`], asPart(serve, "other"));
}

interface Served {
  tools: Tools;
  load: () => Promise<Agents>;
}

async function serveMcp(c: HonoContext, { tools, load }: Served): Promise<Response> {
  const exchange = ownExchange(c, tools);
  exchange.failureForm = rpcFailure;
  // What an agent reads is in the store already.
  exchange.hidesOutput = true;
  try {
    const { request } = exchange;
    checkOrigin(exchange, tools);
    const operator = await tools.requireOperator(exchange, { toWrite: false });
    checkMethod(request);
    checkAccept(request);
    const text = decodeBody(
      await readBodyBytes(request, {
        maxBytes: Math.min(tools.maxBodyBytes, MAX_MESSAGE_BYTES),
        boundName: "a message of MCP",
        timeoutMs: tools.requestTimeoutMs,
        budget: tools.bodies,
      }),
    );
    exchange.input = text;
    const { answerAgent } = await load();
    const boardUrl = boardUrlOf(exchange, tools);
    const { status, type, body } = await answerAgent(text, { request, operator, boardUrl, tools });
    const headers = { ...ANSWER_HEADERS, ...(type !== null && { "content-type": type }) };
    return exchange.answer({ content: new Response(body, { status, headers }) });
  } catch (thrown) {
    return exchange.fail(toFailure(thrown), thrown);
  }
}

/**
 * Browsers say which page a request comes from, programs do not. A page elsewhere may have got hold of a token, or of a name that
 * leads here.
 *
 * @throws {Forbidden}
 */
function checkOrigin({ request, origin: own }: Exchange, { isBoardAt }: Tools): void {
  const origin = request.headers.get("origin");
  if (origin === null || (origin === own && isBoardAt(own))) return;
  throw new Forbidden(`pages of ${quoted(origin)} may not ask here`);
}

/** @throws {Failure} `method` */
function checkMethod({ method }: Request): void {
  if (method === METHOD) return;
  const sentence =
    `${method} is not allowed here, only ${METHOD}: there are no sessions and no messages from the server`;
  throw new Failure("method", sentence, { headers: { allow: METHOD } });
}

/** @throws {Failure} `not_acceptable` for a client that cannot read what is sent. */
function checkAccept({ headers }: Request): void {
  const accept = headers.get("accept");
  if (accept === null || /(?:^|[\s,])(?:text\/(?:event-stream|\*)|\*\/\*)/i.test(accept)) return;
  throw new Failure(
    { name: "NotAcceptable", status: 406, level: "WARN", code: "accept.not_acceptable" },
    `Accept must include application/json and ${STREAM_TYPE}, got ${quoted(accept)}`,
  );
}

/** For links; undefined where no board stands that a token opens. */
function boardUrlOf({ origin }: Exchange, tools: Tools): string | undefined {
  if (!tools.servesBoard) return undefined;
  return (tools.publicUrl ?? origin).replace(/\/+$/, "") + tools.places.board;
}

/** Clients of MCP read JSON-RPC. */
function rpcFailure(failure: Failure, { sentence, errorId }: AboutFailure): FailureAnswer {
  const error = {
    code: failure.row.status >= 500 ? INTERNAL_ERROR : INVALID_REQUEST,
    message: `${failure.name}: ${sentence}`,
    data: { error_code: failure.code, ...(errorId !== undefined && { error_id: errorId }) },
  };
  const body = JSON.stringify({ jsonrpc: "2.0", id: null, error });
  return { body, type: "application/json", headers: failure.headers };
}
