import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { ENV_NAMES, OPTION_NAMES, readConfig } from "../../config.ts";
import {
  MAX_BREADCRUMB_VALUE_CHARS,
  MAX_BREADCRUMBS_CHARS,
} from "../../logging/records/read_breadcrumbs.ts";
import { MAX_FRAMES_CHARS, MAX_VARIABLE_CHARS } from "../../logging/records/read_frames.ts";
import { KEPT_HEADERS } from "../../store/kept_headers.ts";
import {
  MAX_BREADCRUMBS,
  MAX_FRAME_NAME_CHARS,
  MAX_FRAMES,
  MAX_HEADER_CHARS,
  MAX_MESSAGE_CHARS,
  MAX_SOURCE_LINE_CHARS,
} from "../../store/limits.ts";
import { ERROR_INFO, LOG_RECORD, SEVERITY } from "../../store/record.ts";
import { WAYS_TO_FAIL } from "../../modules/fail.ts";
import { FAILURES } from "../../modules/failure.ts";
import { modules } from "../../modules/registry.ts";
import { ALLOWED } from "../helpers/arrows.ts";
import { ROOT } from "../helpers/start_app.ts";
import { codeIn, documentPaths, readDocument, table } from "./documents.ts";

/** Wrong for every variable that has a bound. */
const WRONG = "☃ /";

Deno.test("every link in the docs leads to a file, and to a heading where it names one", () => {
  const broken: string[] = [];
  for (const path of documentPaths()) {
    for (const [, target = ""] of readDocument(path).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const url = new URL(target, `file://${ROOT}${path}`);
      if (!hasHeading(url)) broken.push(`${path}: ${target}`);
    }
  }
  assertEquals(broken, []);
});

/** Files of a project that a reader makes. */
const OF_READERS = [
  "modules/greetings.ts",
  "modules/orders.ts",
  "modules/NAME.ts",
  "tests/modules/greetings_test.ts",
];

Deno.test("every file of ours that the docs name is there", () => {
  const named = documentPaths().map((path) => ({ path, text: readDocument(path) }))
    .filter(({ text }) => !text.includes("\nSuperseded by "))
    .flatMap(({ path, text }) =>
      Array.from(
        text.matchAll(/`(\w+\/[\w/.-]+\.(?:ts|tsx|mjs))`/g),
        ([, file = ""]) => ({ path, file }),
      )
    );
  const missing = named.filter(({ file }) => !OF_READERS.includes(file) && !exists(file));
  assert(named.length > 0);
  assertEquals(missing, []);
});

Deno.test("the list of decisions names every decision by its title", () => {
  const list = readDocument("docs/adr/README.md");
  const decisions = documentPaths().filter((path) => /^docs\/adr\/\d/.test(path)).sort();
  const titled = decisions.map((path) => {
    const [, title] = /^# (.+)$/m.exec(readDocument(path)) ?? [];
    return `[${title}](${path.slice("docs/adr/".length)})`;
  });
  assertEquals(titled.filter((link) => !list.includes(link)), []);
});

Deno.test("the docs tell the headers that are kept, and the bounds of frames and breadcrumbs", () => {
  const text = readDocument("docs/log-record.md");
  const [, headers = ""] = /\n## Headers\n([^]*?)\n## /.exec(text) ?? [];
  const named = [...headers.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
  assertEquals(named, [...KEPT_HEADERS]);
  assertStringIncludes(headers, MAX_HEADER_CHARS.toLocaleString("en"));
  const numbers = table(text, "bound").map(([, number = ""]) =>
    Number.parseInt(number.replace(",", ""))
  );
  assertEquals(numbers, [
    MAX_FRAMES,
    MAX_FRAME_NAME_CHARS,
    MAX_SOURCE_LINE_CHARS,
    MAX_VARIABLE_CHARS,
    MAX_FRAMES_CHARS,
    MAX_BREADCRUMBS,
    MAX_BREADCRUMBS_CHARS,
    MAX_BREADCRUMB_VALUE_CHARS,
  ]);
  assertEquals(MAX_BREADCRUMB_VALUE_CHARS, MAX_MESSAGE_CHARS);
});

Deno.test("the docs tell every failure as the table in the code has it", () => {
  const shown = table(readDocument("docs/http-api.md"), "name").map((
    [name, status, code, , level],
  ) => [codeIn(name)[0], Number(status), codeIn(code)[0], level].join(" "));
  const real = Object.values(FAILURES).map(({ name, status, code, level }) =>
    [name, status, code, level].join(" ")
  );
  assertEquals(shown, real);
});

Deno.test("the docs tell every variable with the bound and the default that hold", () => {
  const document = readDocument("docs/configuration.md");
  const rows = table(document, "variable");
  const others = codeIn(document.slice(document.indexOf("Set by the platform")))
    .filter((code) => /^(DENO_|OTEL_)[A-Z_]+$/.test(code));
  assertEquals([...new Set([...rows.map(([name]) => codeIn(name)[0]), ...others])].sort(), [
    ...ENV_NAMES,
  ]);
  const defaults = JSON.stringify(readConfig(new Map(), { isTerminal: false }));
  for (const [cell, byDefault = "", bound = ""] of rows) {
    const name = codeIn(cell)[0]!;
    assertStringIncludes(complaint(name), `${name} must be ${bound};`);
    // A value alone is the setting's default; a sentence is for people.
    const [, value] = /^`([^`]+)`$/.exec(byDefault) ?? [];
    if (value === undefined) continue;
    assertMatch(defaults, new RegExp(`:"?${value.replaceAll(".", "\\.")}"?[,}]`), name);
  }
});

Deno.test("the docs tell every option and the variable it stands for", () => {
  const rows = table(readDocument("docs/configuration.md"), "option");
  assertEquals(
    rows.map(([option, variable]) => [codeIn(option)[0], codeIn(variable)[0]]),
    OPTION_NAMES.map((names) => [...names]),
  );
});

Deno.test("the docs tell every field of a log record, and where OpenTelemetry has it", () => {
  const document = readDocument("docs/log-record.md");
  const fields = Object.keys(LOG_RECORD);
  const shown = table(document, "field").map(([name]) => codeIn(name)[0]);
  assertEquals(shown, fields);
  const mapped = document.slice(document.indexOf("## As OpenTelemetry logs"));
  const map = table(mapped, "field").flatMap(([name]) => codeIn(name));
  const expected = fields.filter((name) => name !== "error" && name !== "attrs");
  assertEquals(expected.filter((name) => !map.includes(name)), []);
  for (const member of Object.keys(ERROR_INFO)) {
    assertStringIncludes(document, `\`${member}\``);
  }
});

Deno.test("the docs give every level its numbers", () => {
  const rows = table(readDocument("docs/log-record.md"), "level");
  assertEquals(
    rows.map(([level, severity]) => [codeIn(level)[0], Number(severity)]),
    Object.entries(SEVERITY),
  );
  // The smallest number of each range of the OpenTelemetry logs data model, TRACE left out.
  assertEquals(rows.map(([, , number]) => Number(number)), [5, 9, 13, 17, 21]);
});

Deno.test("a tunnel's path is refused where a route of the docs answers", () => {
  const cells = table(readDocument("docs/http-api.md"), "route").flatMap(([cell]) => codeIn(cell));
  // `/store/` and `/security/` are ends of the path before them.
  const paths = cells.map((cell) => cell.split(" ").at(-1)!).filter((path) => /\w$|…/.test(path));
  const names = new Set([...paths.map((path) => path.split("/")[1]!), "api"]);
  assert(names.has("v1") && names.has("keys"));
  for (const name of names) {
    const env = new Map([["TUNNEL_PATH", `/${name}/t`]]);
    const { message } = assertThrows(() => readConfig(env, { isTerminal: false }), Error);
    assertStringIncludes(message, `/${name} is taken by other routes`);
  }
});

Deno.test("the docs tell every route of the registry and every way to fail", () => {
  const document = readDocument("docs/http-api.md");
  const shown = table(document, "route").flatMap(([cell]) => codeIn(cell));
  const real = modules.flatMap((module) =>
    (module.paths ?? [module.name]).map((path) => `${module.method ?? "GET"} ${path}`)
  );
  assertEquals(real.filter((route) => !shown.includes(route)), []);
  for (const way of WAYS_TO_FAIL) assertStringIncludes(document, `\`${way}\``);
});

Deno.test("the docs name every dependency with its version, and every task there is", () => {
  const { imports, tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  const document = readDocument("docs/dependencies.md");
  for (const specifier of Object.values(imports as Record<string, string>)) {
    const [, name, version] = /^npm:\/?(@?[^@]+)@(\d[^/]*)/.exec(specifier) ?? [];
    assertStringIncludes(document, `\`${name}\` ${version}`);
  }
  const named = table(readDocument("CONTRIBUTING.md"), "task").flatMap(([cell]) => codeIn(cell));
  assertEquals(named.map((task) => task.split(" ")[0]).sort(), Object.keys(tasks).sort());
});

Deno.test("the docs tell who may import whom as the test of the imports has it", () => {
  const rows = table(readDocument("docs/architecture.md"), "folder or file");
  const shown = rows.map(([name, , imports]) => [
    codeIn(name)[0]!.replace(/\.ts$|\/$/, ""),
    codeIn(imports).sort(),
  ]);
  const { tests: _tests, bench: _bench, ...rooms } = ALLOWED;
  const real = Object.entries(rooms).map(([name, imports]) => [name, imports.toSorted()]);
  assertEquals(Object.fromEntries(shown), Object.fromEntries(real));
});

function hasHeading(url: URL): boolean {
  try {
    const text = Deno.readTextFileSync(url.pathname);
    const slugs = Array.from(
      text.matchAll(/^#+ (.+)$/gm),
      ([, heading = ""]) => heading.toLowerCase().replace(/[^\w\s-]/g, "").replaceAll(" ", "-"),
    );
    return url.hash === "" || slugs.includes(url.hash.slice(1));
  } catch {
    return false;
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(`${ROOT}${path}`).isFile;
  } catch {
    return false;
  }
}

/** What the service says of a wrong value. */
function complaint(name: string): string {
  const production = { HOLDFAST_ENV: "production" };
  try {
    readConfig(new Map(Object.entries({ ...production, [name]: WRONG })), { isTerminal: false });
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error(`${name} takes anything`);
}
