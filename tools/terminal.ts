/** What the tools on the terminal share: their flags, the running service, and how they print and end. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { readConfig } from "../config.ts";
import { operatorTokens } from "../config/operator_tokens.ts";
import { isLoopback } from "../store/address_range.ts";
import { readLocalToken } from "../config/local_token.ts";
import { type Answered, type Client, createClient, type Failed } from "../client.ts";
import { oneLine } from "../store/one_line.ts";
import { type Call, doOrEnd, ToolError, WRONG_USE } from "./help.ts";

const DEFAULT_URL = "http://127.0.0.1:8000";

export interface Tool {
  name: string;
  summary: string;
  /** What stands behind its name. Default `[words]`. */
  takes?: string;
  /** Flags with a value that say of what. */
  filters: readonly string[];
  /** Further flags without a value, each with what it does. */
  switches?: Readonly<Record<string, string>>;
  /** Further flags with a value, each with what it says. */
  settings?: Readonly<Record<string, string>>;
}

/** What somebody has typed. */
export interface Typed {
  /** The filters; words that are no flags are `q`. Whether they are right is said where they are used. */
  query: Record<string, string>;
  has: ReadonlySet<string>;
  settings: Readonly<Record<string, string | undefined>>;
  /** What stands before a tool's name where it was typed. */
  program: Call["program"];
}

/** What somebody has asked a tool that asks a running service; its switch `json`: one JSON object a line. */
export interface Command extends Typed {
  api: Client;
  url: URL;
  headers: Record<string, string>;
}

/** What every tool takes that asks a running service. */
const JSON_LINES = { json: "one JSON object a line" };
const SERVICE = {
  url: `address of the service; default HOLDFAST_URL, then ${DEFAULT_URL}`,
  token:
    "the operator's token; default OPERATOR_TOKEN, which other users of this machine cannot see,\n" +
    "                then the token that a service in this folder has made",
};

/** Runs a tool that asks a running service. */
export async function runTool(
  tool: Tool,
  { call, work }: { call: Call; work: (command: Command) => Promise<void> },
): Promise<void> {
  const asking = {
    ...tool,
    switches: { ...tool.switches, ...JSON_LINES },
    settings: { ...tool.settings, ...SERVICE },
  };
  await run(asking, { call, work: (typed) => work(commandOf(typed)) });
}

/** Runs a tool that works on the store at `STORE_URL` itself. What the store throws is a sentence. */
export async function runOnStore(
  tool: Tool,
  { call, work }: { call: Call; work: (typed: Typed, storeUrl: string) => Promise<void> },
): Promise<void> {
  const onStore = async (typed: Typed) => {
    try {
      const { storeUrl } = readConfig(Deno.env, { isTerminal: Deno.stdout.isTerminal() });
      await work(typed, storeUrl);
    } catch (error) {
      throw error instanceof ToolError ? error : new ToolError((error as Error).message);
    }
  };
  await run(tool, { call, work: onStore });
}

async function run(
  tool: Tool,
  { call, work }: { call: Call; work: (typed: Typed) => Promise<void> },
): Promise<void> {
  await doOrEnd(async () => {
    const typed = readTyped(tool, call);
    if (typed.has.has("help")) print(usageOf(tool, call));
    else await work(typed);
  });
}

function readTyped(tool: Tool, call: Call): Typed {
  const { values, positionals } = parse(tool, call);
  const given = Object.entries(values).filter(([name]) => tool.filters.includes(name));
  const words = positionals.join(" ");
  return {
    query: { ...Object.fromEntries(given) as Record<string, string>, ...(words && { q: words }) },
    has: new Set(Object.keys(values).filter((name) => values[name] === true)),
    settings: values as Record<string, string | undefined>,
    program: call.program,
  };
}

function commandOf(typed: Typed): Command {
  const url = addressOf(typed.settings.url ?? env("HOLDFAST_URL") ?? DEFAULT_URL);
  const token = firstToken(typed.settings.token) ?? firstToken(env("OPERATOR_TOKEN")) ??
    keptToken(url);
  return {
    ...typed,
    url,
    api: createClient(url.href, token === undefined ? {} : { token }),
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  };
}

/** Of a list with names, as the service has it, the first. What is none is sent as it is, and refused there. */
function firstToken(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return operatorTokens(text, "development")[0]?.token;
  } catch {
    return text;
  }
}

function parse(tool: Tool, call: Call) {
  const options: NonNullable<ParseArgsConfig["options"]> = {};
  for (const name of [...tool.filters, ...Object.keys(tool.settings ?? {})]) {
    options[name] = { type: "string" };
  }
  for (const name of Object.keys(tool.switches ?? {})) options[name] = { type: "boolean" };
  options.help = { type: "boolean", short: "h" };
  // No flag of ours has one dash and more than one letter: what has is a word that is excluded.
  const excluded = takesWords(tool) ? call.args.filter((arg) => EXCLUDED.test(arg)) : [];
  const args = call.args.filter((arg) => !excluded.includes(arg));
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    return { values, positionals: [...positionals, ...excluded] };
  } catch (error) {
    // The first sentence says what is wrong; the others speak of another program's habits.
    const [what] = (error as Error).message.split(". ");
    throw new ToolError(`${what}\n\n${usageOf(tool, call)}`, WRONG_USE);
  }
}

/** `-bus`, `-"late bus"`. */
const EXCLUDED = /^-[^-]./;

function takesWords({ takes }: Tool): boolean {
  return takes === undefined;
}

function usageOf(
  { name, summary, takes = "[words]", filters, switches, settings }: Tool,
  { program }: Call,
): string {
  const flags = Object.entries({ ...switches, ...settings });
  return [
    `${program} ${name} ${takes}${filters.length > 0 ? " [--filter=value]" : ""}: ${summary}`,
    "",
    ...filters.length > 0 ? [`Filters: ${filters.map((filter) => `--${filter}`).join(" ")}`] : [],
    ...flags.map(([flag, what]) => `  --${flag.padEnd(11)} ${what}`),
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

/** What the service answers. @throws {ToolError} */
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
  try {
    return await asked;
  } catch {
    const what = `Nothing answers at ${shown(url)}`;
    throw new ToolError(`${what}. Start the service, or set HOLDFAST_URL or --url`);
  }
}

/** The envelope. @throws {ToolError} when it is none. */
export async function readEnvelope<Envelope extends { content_status: string }>(
  response: { json(): Promise<Envelope> },
  { url }: Command,
): Promise<Envelope> {
  const envelope = await response.json().catch(() => undefined);
  if (envelope?.content_status !== undefined) return envelope;
  const hint = url.pathname === "/"
    ? `. In an app the API has a path of its own: set HOLDFAST_URL or --url, mostly to ${url.origin}/holdfast`
    : "";
  throw new ToolError(`What answers at ${shown(url)} is not Holdfast${hint}`);
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
    throw new ToolError(`Cannot write the output: ${oneLine((error as Error).message)}`);
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
