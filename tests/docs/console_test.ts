import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Service, startService } from "../helpers/start_service.ts";
import { until } from "../helpers/until.ts";
import { blocks, readDocument } from "./documents.ts";
import { differences, type Known, parseShown } from "./shown.ts";

const ADDRESS = "http://127.0.0.1:8000";
const START = /^((?:\w+=\S+ )*)npx --yes --prefer-offline deno@[\d.]+ task start$/;
/** What no two starts have in common, beside the token. */
const OWN = [
  [/store [^)]*\/holdfast\.db/g, "store <file>"],
  [/kept in \S+\/operator-token/g, "kept in <file>"],
  [/ticket=[\w-]{32}/g, "ticket=<ticket>"],
  [/DSN http:\/\/[0-9a-f]{32}@[\d.:]+/g, "DSN <key and host>"],
] as const;
/** What deno says, and the log's own line, which has another form where the output is no terminal. */
const OF_TERMINAL = /^Task start |^[\d:.]{12} INFO /;
const SET = /^(\w+)=(\S+)$/;

for (const path of ["README.md", "docs/run-a-service.md"]) {
  Deno.test(`the commands of ${path} answer what it shows`, async () => {
    await using session = new Session();
    for (const { text } of blocks(readDocument(path), "console")) await session.play(text);
  });
}

Deno.test("the HTTP API's example answers what it shows", async () => {
  await using session = new Session();
  await session.play(
    "$ INTAKE_KEYS=key_of_all_services npx --yes --prefer-offline deno@2.9.6 task start\n",
  );
  const [example] = blocks(readDocument("docs/http-api.md"), "console");
  await session.play(example?.text ?? "");
});

/** Someone at a terminal who does what a document says. */
class Session implements AsyncDisposable {
  readonly #known: Known = new Map();
  readonly #variables: Record<string, string> = {};
  #service: Service | undefined;

  /** Types the lines behind `$`, and compares what follows each with what comes. */
  async play(text: string): Promise<void> {
    for (const step of text.split(/^\$ /m).slice(1)) {
      const [, command = "", shown = ""] = /^((?:[^\n]*\\\n)*[^\n]*)\n([^]*)$/.exec(step) ?? [];
      await this.#run(command.replace(/\s*\\\n\s*/g, " "), shown.trim());
    }
  }

  async #run(command: string, shown: string): Promise<void> {
    const [, variables] = START.exec(command) ?? [];
    if (variables !== undefined) return await this.#start(variables, shown);
    const [, name, value = ""] = SET.exec(command) ?? [];
    if (name !== undefined) {
      this.#variables[name] = this.#known.get(value) ?? value;
    } else await this.#curl(command, shown);
  }

  async #start(variables: string, shown: string): Promise<void> {
    await this[Symbol.asyncDispose]();
    const given = variables.split(" ").filter(Boolean).map((pair) => pair.split("="));
    // Empty counts as unset: the start makes a token of its own.
    const service = await startService({ OPERATOR_TOKEN: "", ...Object.fromEntries(given) });
    this.#service = service;
    const token = /operator-token: ([0-9a-f]{32})/;
    const real = await until(() => token.exec(service.output)?.[1], { what: "a token is printed" });
    this.#known.set(token.exec(shown)?.[1] ?? "", real);
    const printed = withoutOwn(service.output);
    for (const line of shown.split("\n").filter((line) => !OF_TERMINAL.test(line))) {
      const expected = line.replace(ADDRESS, service.url).replace(token, `operator-token: ${real}`);
      assertStringIncludes(printed, withoutOwn(expected));
    }
  }

  async #curl(command: string, shown: string): Promise<void> {
    assert(command.startsWith("curl "), `${command} is not understood here`);
    const service = this.#service!;
    // Who types is slower than the log: what was recorded is stored by then.
    await until(async () =>
      /^holdfast_log_pending 0$/m.test(
        await (await service.fetch("/metrics"))
          .text(),
      ), { what: "nothing waits to be stored" });
    const { path, init } = readCurl(command, this.#variables);
    const answer = await (await service.fetch(path, init)).json();
    assertEquals(differences(parseShown(shown), answer, this.#known), [], command);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#service?.[Symbol.asyncDispose]();
    this.#service = undefined;
  }
}

function withoutOwn(text: string): string {
  return OWN.reduce((known, [pattern, name]) => known.replaceAll(pattern, name), text);
}

/** What the curl command asks for: as much of its language as the docs use. */
function readCurl(
  command: string,
  variables: Record<string, string>,
): { path: string; init: RequestInit } {
  const words = Array.from(
    command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g),
    (match) =>
      match[1] ?? (match[2] ?? match[3]!).replace(/\$(\w+)/g, (_, name) => variables[name] ?? ""),
  );
  const headers = new Headers();
  let path = "";
  let body: string | undefined;
  for (let index = 1; index < words.length; index++) {
    const word = words[index]!;
    if (word === "-H") headers.append(...(words[++index]!.split(": ") as [string, string]));
    else if (word === "-d") body = words[++index]!;
    else if (word.startsWith(ADDRESS)) path = word.slice(ADDRESS.length);
    else throw new Error(`curl ${word} is not understood here`);
  }
  return { path, init: { headers, ...(body !== undefined && { method: "POST", body }) } };
}
