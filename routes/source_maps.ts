/**
 * What `sentry-cli` and the bundler plugins call to upload source maps, with a secret key of the service as bearer. The names of
 * organizations are free, and those of projects count only for a key that belongs to no service.
 */
import { Hono } from "hono";
import { Failure, ValueError } from "../modules/failure.ts";
import type { HonoApp, HonoContext } from "../modules/hono.ts";
import { toFailure } from "../modules/run.ts";
import type { ValidKey } from "../store/intake_key.ts";
import { MAX_NAME_CHARS } from "../store/limits.ts";
import { isoTime } from "../store/times.ts";
import { CHUNK_BYTES, MAX_CHUNKS, SHA1 } from "../store/maps/chunks.ts";
import { readBodyBytes } from "./body.ts";
import { asPart } from "./check_routes.ts";
import type { Exchange } from "./exchange.ts";
import { ownExchange } from "./exchanges.ts";
import type { Tools } from "./tools.ts";

const CHUNKS_A_REQUEST = 2;
const MAX_REQUEST_BYTES: number = CHUNKS_A_REQUEST * CHUNK_BYTES;
/** What a form adds to its chunks, and gzip to what it cannot make smaller. */
const FORM_BYTES = 64 * 1024;
/** A list of chunks, or what a release is said to be. */
const MAX_JSON_BYTES = 256 * 1024;
/** Uploads come from slow networks, too. */
const UPLOAD_TIMEOUT_MS = 60_000;
/** Services that one bundle is for. */
const MAX_PROJECTS = 10;

/** What a key may do here, in Sentry's words. */
const SCOPES = ["org:ci", "project:releases"];

interface Call {
  c: HonoContext;
  exchange: Exchange;
  key: ValidKey;
}

type Answer = { status?: number; json: unknown };

export function sourceMapRoutes(tools: Tools): HonoApp {
  const hono = new Hono();
  const organization = "/api/0/organizations/:org";
  const project = "/api/0/projects/:org/:project";
  on("GET", `${organization}/chunk-upload/`, ({ exchange }) => ({ json: options(exchange) }));
  on("POST", `${organization}/chunk-upload/`, takeChunks);
  on("POST", `${organization}/artifactbundle/assemble/`, assemble);
  on("GET", "/api/0/", () => ({ json: { version: "0", user: null, auth: { scopes: SCOPES } } }));
  on("GET", `${organization}/repos/`, () => ({ json: [] }));
  for (const place of [organization, project]) {
    on("POST", `${place}/releases/`, async (call) => release(await jsonOf(call), 201));
    on("PUT", `${place}/releases/:version/`, ({ c }) => release(c.req.param(), 200));
    on("GET", `${place}/releases/:version/`, ({ c }) => release(c.req.param(), 200));
    on("GET", `${place}/releases/:version/previous-with-commits/`, () => ({ json: {} }));
    on("POST", `${place}/releases/:version/deploys/`, async (call) => ({
      status: 201,
      json: { id: "1", ...await jsonOf(call) },
    }));
  }
  return hono;

  function on(
    method: string,
    path: string,
    answer: (call: Call) => Answer | Promise<Answer>,
  ): void {
    const serve = async (c: HonoContext) => {
      const exchange = ownExchange(c, tools);
      try {
        const key = exchange.intakeKey = await tools.intake.open(exchange);
        const { status = 200, json } = await answer({ c, exchange, key });
        return exchange.answer({ content: Response.json(json, { status }) });
      } catch (thrown) {
        return await refuse(exchange, thrown);
      }
    };
    // Clients say it with the slash, people without.
    hono.on(method, [path, path.slice(0, -1)], asPart(serve, "other"));
  }

  /** What uploads must keep to. */
  function options(exchange: Exchange): unknown {
    return {
      url: uploadUrl(exchange),
      chunkSize: CHUNK_BYTES,
      chunksPerRequest: CHUNKS_A_REQUEST,
      maxRequestSize: MAX_REQUEST_BYTES,
      maxFileSize: MAX_CHUNKS * CHUNK_BYTES,
      concurrency: 2,
      hashAlgorithm: "sha1",
      compression: ["gzip"],
      accept: ["release_files", "artifact_bundles", "artifact_bundles_v2"],
    };
  }

  /** Where this route is, as the client sees it: it takes no relative address. */
  function uploadUrl({ request, origin }: Exchange): string {
    const { pathname } = new URL(request.url);
    const path = pathname.endsWith("/") ? pathname : `${pathname}/`;
    return (tools.publicUrl ?? origin).replace(/\/+$/, "") + path;
  }

  async function takeChunks({ exchange, key }: Call): Promise<Answer> {
    const body = await readBodyBytes(exchange.request, {
      maxBytes: MAX_REQUEST_BYTES + FORM_BYTES,
      boundName: "maxRequestSize",
      timeoutMs: UPLOAD_TIMEOUT_MS,
      budget: tools.bodies,
    });
    const contentType = exchange.request.headers.get("content-type") ?? "";
    const problem = await tools.store.keepChunks(ownerOf(key), { body, contentType });
    if (problem !== null) throw new Failure("malformed", problem);
    return { json: {} };
  }

  async function assemble(call: Call): Promise<Answer> {
    const { checksum, chunks, projects } = await jsonOf(call);
    if (!isSha1(checksum)) {
      throw new ValueError("checksum must be a SHA-1", { param: "checksum" });
    }
    if (!Array.isArray(chunks) || !chunks.every(isSha1) || chunks.length > MAX_CHUNKS) {
      const sentence = `chunks must be a list of at most ${MAX_CHUNKS} SHA-1`;
      throw new ValueError(sentence, { param: "chunks" });
    }
    const { state, missing, detail } = await tools.store.assembleBundle({
      owner: ownerOf(call.key),
      checksum,
      chunks,
      services: servicesOf(call.key, projects),
    });
    return { json: { state, missingChunks: missing, ...(detail !== undefined && { detail }) } };
  }

  async function jsonOf({ exchange }: Call): Promise<Record<string, unknown>> {
    const body = await readBodyBytes(exchange.request, {
      maxBytes: MAX_JSON_BYTES,
      timeoutMs: tools.requestTimeoutMs,
      budget: tools.bodies,
    });
    try {
      const json = JSON.parse(new TextDecoder().decode(body));
      if (typeof json === "object" && json !== null && !Array.isArray(json)) return json;
    } catch {
      // Said below.
    }
    throw new Failure("malformed", "the body is no JSON object");
  }
}

/** Releases are those that records name; what a client says of one is answered, and not kept. */
function release({ version, projects }: Record<string, unknown>, status: number): Answer {
  const name = typeof version === "string" ? version : "";
  const slugs = Array.isArray(projects) ? projects : [];
  const json = {
    version: name,
    shortVersion: name,
    dateCreated: isoTime(Date.now()),
    dateReleased: null,
    newGroups: 0,
    projects: slugs.map((slug) => ({ slug, name: slug })),
  };
  return { status, json };
}

/** Who may use a chunk: what was sent with a key of another service cannot be found out by naming it. */
function ownerOf({ id, service }: ValidKey): string {
  return service === undefined ? `key ${id}` : `service ${service}`;
}

/** @throws {ValueError} when neither the key nor the client says for which service. */
function servicesOf({ service }: ValidKey, projects: unknown): string[] {
  if (service !== undefined) return [service];
  const named = Array.isArray(projects)
    ? projects.filter((name) => typeof name === "string" && name !== "")
    : [];
  if (named.length === 0 || named.length > MAX_PROJECTS) {
    const sentence = `projects must be 1 to ${MAX_PROJECTS} names: the key belongs to no service`;
    throw new ValueError(sentence, { param: "projects" });
  }
  return named.map((name: string) => name.slice(0, MAX_NAME_CHARS));
}

function isSha1(value: unknown): value is string {
  return typeof value === "string" && SHA1.test(value);
}

/** In the form that these clients show to people: with more in it they print all of it. */
async function refuse(exchange: Exchange, thrown: unknown): Promise<Response> {
  const failure = toFailure(thrown);
  const { status, headers, body } = exchange.fail(failure, thrown);
  await body?.cancel();
  return new Response(JSON.stringify({ detail: failure.message }), { status, headers });
}
