/** The text of a test file: of the project's own app, of a service at an address, or a beginning for a person to go on with. */
import type { LogRecord } from "../store/record.ts";
import type { RecordedBody, RecordedRequest } from "./recorded_request.ts";
import { commentText, IDENTIFIER, listed, quotedSource, type SourceText } from "./source_text.ts";

/** What of a failure is the same when it happens again. */
export interface Failure {
  type: string;
  location?: string;
  message?: string;
}

/** What a file is made of, beside the request. */
export interface About {
  record: LogRecord;
  failure: Failure;
  source: SourceText;
  app: { from: string; name: string };
}

const ID = /^[\da-f-]{36}$/i;
const HOST = /^[\w.-]{1,253}(?::\d{1,5})?$/;
const TESTING = "@holdfast/holdfast/testing";
const MAX_TITLE_CHARS = 100;

const SERVICE_URL = "REPRODUCE_URL";
/** They can hold secrets, so no record has them. */
const CREDENTIALS = ["REPRODUCE_AUTHORIZATION", "REPRODUCE_COOKIE"] as const;

const NOT_RECORDED = [
  "Not recorded: what was in databases and other services, the clock, what had happened before,",
  `and headers that can hold secrets. ${CREDENTIALS.join(" and ")} set these.`,
];

/** Sends the request to the app. */
export function appTest(request: RecordedRequest, about: About): string {
  const { failure, source, app } = about;
  const sent = requestSource(request, source, [`path: ${source.text(request.path, "path")}`]);
  // Own frames are those below the folder of the main module, as in the service.
  const root = app.from.replace(/[^/]*$/, "");
  const isNamedApp = app.name === "app";
  const imported = IDENTIFIER.test(app.name) && app.name !== "default" ? app.name : "default";
  return file([
    ...head(about, [
      ...request.notes,
      ...NOT_RECORDED,
      "Side effects are real: the app does what it always does.",
    ]),
    `import { reproduce, testApp } from ${quotedSource(TESTING)};`,
    `import { ${isNamedApp ? "app" : `${imported} as app`} } from ${quotedSource(app.from)};`,
    "",
    ...constants(source),
    ...sent,
    `const FAILURE = ${failureSource(failure)};`,
    "",
    "Deno.test({",
    `  name: ${quotedSource(testName(titleOf(request), failure))},`,
    "  // What the app opens may stay open: connections, timers.",
    "  sanitizeOps: false,",
    "  sanitizeResources: false,",
    "  async fn() {",
    `    await using tested = await testApp(app, { root: import.meta.resolve(${
      quotedSource(root)
    }) });`,
    "    await reproduce(tested, { request: REQUEST, failure: FAILURE });",
    "  },",
    "});",
  ]);
}

/** Sends it to the address that `REPRODUCE_URL` names: a report may name any. */
export function urlTest(request: RecordedRequest, about: About): string {
  const { record, failure, source } = about;
  const host = record.headers?.host ?? "";
  const path = source.text(request.path, "path");
  // Where it is sent now, there may be another host.
  const headers = request.headers.filter(([name]) => name !== "host");
  const sent = requestSource({ ...request, headers }, source);
  return file([
    ...head(about, [
      ...request.notes,
      `Set ${SERVICE_URL} to the address of the service, without a path${
        HOST.test(host) ? `; the request was sent to ${host}` : ""
      }.`,
      ...NOT_RECORDED,
      "Side effects are real: the service does what it always does.",
    ]),
    ...constants(source),
    `const SERVICE_URL = Deno.env.get(${quotedSource(SERVICE_URL)});`,
    ...sent,
    `const PATH = ${path};`,
    "",
    "Deno.test({",
    `  name: ${quotedSource(testName(titleOf(request), failure))},`,
    "  ignore: SERVICE_URL === undefined,",
    "  async fn() {",
    "    const headers = new Headers(REQUEST.headers);",
    ...CREDENTIALS.flatMap((name) => {
      const header = name.slice("REPRODUCE_".length).toLowerCase();
      return [
        `    const ${header} = Deno.env.get(${quotedSource(name)});`,
        `    if (${header}) headers.set(${quotedSource(header)}, ${header});`,
      ];
    }),
    '    const url = (SERVICE_URL ?? "").replace(/\\/+$/, "") + PATH;',
    '    const answer = await fetch(url, { ...REQUEST, headers, redirect: "manual" });',
    "    await answer.body?.cancel();",
    "    if (answer.status >= 500) throw new Error(`Reproduced: answered ${answer.status} again`);",
    "    if (answer.status === 401 || answer.status === 403) {",
    "      throw new Error(`NotAllowedIn: answered ${answer.status}`);",
    "    }",
    "  },",
    "});",
  ]);
}

/** Says why there is no request. */
export function skeleton(why: string, about: About): string {
  const { record, failure } = about;
  const name = testName(record.module ?? record.route ?? record.svc_name, failure);
  return file([
    ...head(about, [
      `Cannot be built from what is recorded: ${why}.`,
      ...record.path === undefined
        ? []
        : [`The request was: ${record.method ?? ""} ${record.path}`],
    ]),
    ...record.reported
      ? [
        `Deno.test.ignore(${quotedSource(name)}, () => {`,
        "  // Write here what makes it fail.",
        "});",
      ]
      : [
        `import { reproduce, testApp } from ${quotedSource(TESTING)};`,
        "",
        `const FAILURE = ${failureSource(failure)};`,
        "",
        `Deno.test.ignore(${quotedSource(name)}, async () => {`,
        "  await using tested = await testApp();",
        "  // Write here what makes it fail, with tested.hf in place of the app's own.",
        "  await reproduce(tested, { failure: FAILURE });",
        "});",
      ],
  ]);
}

function head({ record, failure }: About, lines: readonly string[]): string[] {
  const { release, environment, time, svc_name } = record;
  const where = [
    `service ${svc_name}`,
    ...release === undefined ? [] : [`release ${release}`],
    ...environment === undefined ? [] : [`environment ${environment}`],
  ];
  const message = record.error?.message ?? record.message;
  return [
    `Occurrence ${idOf(record)}, ${time}, ${where.map((part) => commentText(part)).join(", ")},`,
    // A comment that begins with a stranger's words could be an instruction to the compiler.
    `failed with ${failure.type}: ${message}`,
    ...failure.location === undefined ? [] : [`at ${failure.location}`],
    "",
    ...lines,
  ].map((line) => `// ${commentText(line)}`.trimEnd()).concat("");
}

function constants(source: SourceText): string[] {
  const lines = source.placeholders.flatMap(({ name, of }) => [
    `// Redacted in the record: ${of}.`,
    `const ${name} = Deno.env.get(${quotedSource(name)}) ?? "redacted";`,
  ]);
  return lines.length === 0 ? [] : [...lines, ""];
}

function requestSource(
  { method, headers, body }: RecordedRequest,
  source: SourceText,
  more: readonly string[] = [],
): string[] {
  const before: string[] = [];
  const pairs = headers.map(([name, value]) => source.field(name, value, { part: "header" }));
  const bodySource = body && writeBody(body, { source, before });
  const parts = [
    `method: ${quotedSource(method)}`,
    ...more,
    `headers: ${listed(pairs, { open: "{", close: "}", indent: "  " })}`,
    ...bodySource === undefined ? [] : [`body: ${bodySource}`],
  ];
  return [...before, `const REQUEST = {\n${parts.map((part) => `  ${part},\n`).join("")}};`];
}

function writeBody(
  body: RecordedBody,
  { source, before }: { source: SourceText; before: string[] },
): string {
  switch (body.kind) {
    case "json":
      return `JSON.stringify(${source.value(body.value, { part: "body", indent: "  " })})`;
    case "text":
      return source.text(body.text, "body");
    case "query":
      return `new URLSearchParams(${
        source.value(body.fields, { part: "body", indent: "  " })
      }).toString()`;
    case "multipart":
      before.push("const BODY = new FormData();");
      for (const [name, value] of body.fields) {
        const content = typeof value === "string"
          ? source.text(value, `body ${name}`)
          : `new File([new Uint8Array(${value.size})], ${
            source.text(value.file, "file")
          }, { type: ${source.text(value.type, "file")} })`;
        before.push(`BODY.append(${source.text(name, "body")}, ${content});`);
      }
      return "BODY";
  }
}

function failureSource(failure: Failure): string {
  const parts = Object.entries(failure).map(([name, text]) => `${name}: ${quotedSource(text)}`);
  return listed(parts, { open: "{", close: "}", indent: "" });
}

function testName(what: string, { type, location }: Failure): string {
  const where = location === undefined || what.endsWith(location) ? "" : ` at ${location}`;
  return commentText(`${commentText(what)} does not fail with ${type}${where}`);
}

/** `POST /orders` */
export function titleOf({ method, path }: RecordedRequest): string {
  const shown = path.replace(/\?.*/s, "");
  return commentText(`${method} ${shown.slice(0, MAX_TITLE_CHARS)}`);
}

/** An id in a record of another's making may be any text. */
export function idOf({ error_id = "" }: LogRecord): string {
  return ID.test(error_id) ? error_id.toLowerCase() : "unknown";
}

function file(lines: readonly string[]): string {
  return `${lines.join("\n")}\n`;
}
