/** What the tools on the terminal share: their flags, the running service, and how they print and end. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { readConfig } from "../config.ts";
import { isLoopback } from "../store/address_range.ts";
import { readLocalToken } from "../config/local_token.ts";
import { type Answered, type Client, createClient, type Failed } from "../client.ts";
import { oneLine } from "../store/one_line.ts";
import type { Call } from "./help.ts";

const DEFAULT_URL = "http://127.0.0.1:8000";
/** As a URL's host name. */
const FAILED = 1;
/** Exit code for what was typed wrong. */
export const WRONG_USE = 2;

/** A tool: what it takes. */
export interface Tool {
  /** Its name, as in `deno task NAME` and `holdfast NAME`. */
  name: string;
  summary: string;
  /** Flags that are passed on to the service as they are. */
  filters: readonly string[];
  /** Further flags without a value, each with what it does. */
  switches?: Readonly<Record<string, string>>;
}

/** What somebody has asked a tool for. */
export interface Command {
  api: Client;
  url: URL;
  headers: Record<string, string>;
  /** The filters; words that are no flags are `q`. Whether they are right is the service's to say. */
  query: Record<string, string>;
  /** The switches that were given; `json`: one JSON object a line. */
  has: ReadonlySet<string>;
  /** What stands before a tool's name where it was typed. */
  program: Call["program"];
}

/** A tool cannot go on: one sentence, and the exit code. */
export class ToolError extends Error {
  /** Exit code: 1, or 2 for what was typed wrong. */
  readonly code: number;

  /** `sentence` is printed as it is. */
  constructor(sentence: string, code: number = FAILED) {
    super(sentence);
    this.code = code;
  }
}

/** Runs a tool: what it throws is told on stderr, and the exit code says it too. */
export async function runTool(
  tool: Tool,
  { call, work }: { call: Call; work: (command: Command) => Promise<void> },
): Promise<void> {
  try {
    const command = readCommand(tool, call);
    if (command.has.has("help")) print(usageOf(tool, call));
    else await work(command);
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    console.error(error.message);
    Deno.exit(error.code);
  }
}

function readCommand(tool: Tool, call: Call): Command {
  const { values, positionals } = parse(tool, call);
  const given = Object.entries(values).filter(([name]) => tool.filters.includes(name));
  const words = positionals.join(" ");
  const url = addressOf(String(values.url ?? env("HOLDFAST_URL") ?? DEFAULT_URL));
  const token = values.token ?? env("OPERATOR_TOKEN") ?? keptToken(url);
  return {
    url,
    api: createClient(url.href, token === undefined ? {} : { token: String(token) }),
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    query: { ...Object.fromEntries(given) as Record<string, string>, ...(words && { q: words }) },
    has: new Set(Object.keys(values).filter((name) => values[name] === true)),
    program: call.program,
  };
}

interface Parsed {
  values: Record<string, string | boolean | undefined>;
  positionals: string[];
}

function parse(tool: Tool, call: Call): Parsed {
  const options: NonNullable<ParseArgsConfig["options"]> = {};
  for (const name of [...tool.filters, "url", "token"]) options[name] = { type: "string" };
  for (const name of ["json", ...Object.keys(tool.switches ?? {})]) {
    options[name] = { type: "boolean" };
  }
  options.help = { type: "boolean", short: "h" };
  try {
    return parseArgs({ args: [...call.args], options, allowPositionals: true }) as Parsed;
  } catch (error) {
    // The first sentence says what is wrong; the others speak of another program's habits.
    const [what] = (error as Error).message.split(". ");
    throw new ToolError(`${what}\n\n${usageOf(tool, call)}`, WRONG_USE);
  }
}

function usageOf({ name, summary, filters, switches = {} }: Tool, { program }: Call): string {
  const more = Object.entries(switches).map(([flag, what]) => `  --${flag.padEnd(9)} ${what}`);
  return [
    `${program} ${name} [words] [--filter=value]: ${summary}`,
    "",
    `Filters: ${filters.map((filter) => `--${filter}`).join(" ")}`,
    ...more,
    "  --json      one JSON object a line",
    `  --url       address of the service; default HOLDFAST_URL, then ${DEFAULT_URL}`,
    "  --token     the operator's token; default OPERATOR_TOKEN, which other users of this machine cannot see,",
    "              then the token that a service in this folder has made",
  ].join("\n");
}

function addressOf(text: string): URL {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) {
    const url = new URL(text);
    // An app may have the API at a path of its own: with a slash at its end, addresses are below it and not beside it.
    url.pathname = url.pathname.replace(/\/*$/, "/");
    url.search = url.hash = "";
    return url;
  }
  throw new ToolError(`The address must be http://… or https://…, got ${oneLine(text)}`, WRONG_USE);
}

/** As somebody would type it; a password in it is not shown. */
function shown({ origin, pathname }: URL): string {
  return origin + pathname.replace(/\/$/, "");
}

/** Of a service on this machine that has made its token itself: from where it keeps it, when both start in one folder. */
function keptToken({ hostname }: URL): string | undefined {
  if (!isLoopback(hostname.replace(/^\[|\]$/g, ""))) return undefined;
  try {
    return readLocalToken(readConfig(Deno.env, { isTerminal: false }).dataDir);
  } catch {
    // The service would not start with these variables either, or has others.
    return undefined;
  }
}

function env(name: string): string | undefined {
  return Deno.env.get(name) || undefined;
}

/** What the service answers. @throws {ToolError} when it fails or cannot be reached. */
export async function contentOf<Content>(
  asked: Promise<{ json(): Promise<Answered<Content> | Failed> }>,
  command: Command,
): Promise<Content> {
  const envelope = await readEnvelope(await reach(asked, command), command);
  if (envelope.content_status === "return") return envelope.content;
  throw failureOf(envelope);
}

/** The response. @throws {ToolError} when there is none. */
export async function reach<Response>(
  asked: Promise<Response>,
  { url }: Command,
): Promise<Response> {
  return await asked.catch(() => {
    throw new ToolError(
      `Nothing answers at ${shown(url)}. Start the service, or set HOLDFAST_URL or --url`,
    );
  });
}

/** The envelope. @throws {ToolError} when it is none. */
export async function readEnvelope<Envelope extends { content_status: string }>(
  response: { json(): Promise<Envelope> },
  { url }: Command,
): Promise<Envelope> {
  const envelope = await response.json().catch(() => undefined);
  if (envelope?.content_status !== undefined) return envelope;
  throw new ToolError(`What answers at ${shown(url)} is not Holdfast`);
}

/** A failure as a sentence, with what to do where that is known. */
export function failureOf({ content, error_code }: Failed): ToolError {
  const hint = error_code.startsWith("auth.") ? ". Set OPERATOR_TOKEN or --token" : "";
  return new ToolError(oneLine(content) + hint);
}

/** Prints a line. Ends the process in peace when nobody reads it any more. */
export function print(line: string): void {
  const bytes = new TextEncoder().encode(`${line}\n`);
  try {
    for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) Deno.exit(0);
    throw error;
  }
}

/** How wide lines may be and whether they may be coloured. `COLUMNS` stands in for a terminal's width. */
export function screen(): { width: number; color: boolean } {
  const isTerminal = Deno.stdout.isTerminal();
  const columns = Number(env("COLUMNS"));
  return {
    width: isTerminal ? Deno.consoleSize().columns : columns > 0 ? columns : Infinity,
    color: isTerminal && !Deno.noColor,
  };
}
