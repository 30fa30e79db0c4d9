import { assert } from "@std/assert";
// deno-lint-ignore no-import-prefix -- see browser.ts
import axe from "npm:axe-core@4.14.1";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
  startBrowser,
} from "./browser.ts";
import { INTAKE_KEY, jsonBody, OPERATOR_TOKEN, withToken } from "../helpers/start_app.ts";
import { type Service, startService } from "../helpers/start_service.ts";
import { until } from "../helpers/until.ts";

/** All of WCAG 2.2 A and AA that a program can check, and what is good practice besides. */
const EVERY_RULE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** What a look can break; the rest of a page is the same in every look. */
const RULES = {
  light: EVERY_RULE,
  dark: ["color-contrast"],
  forced: ["color-contrast"],
  phone: ["target-size", "scrollable-region-focusable"],
} as const;

/** A real service and a real browser that looks at its board. */
export interface BoardWorld extends AsyncDisposable {
  /** The process. */
  readonly service: Service;
  /** A page that has not signed in yet. */
  open(options?: BrowserContextOptions): Promise<Page>;
  /** A page that has. */
  signIn(options?: BrowserContextOptions): Promise<Page>;
  /** Another service's failures, stored when this settles. */
  report(...reports: object[]): Promise<string[]>;
  /** What any page complained about: errors of its script, blocked resources, dialogs, requests to other hosts. */
  readonly complaints: string[];
}

/** Starts both, on a free port and with a store of its own. */
export async function startBoard(): Promise<BoardWorld> {
  const [service, browser] = await Promise.all([
    startService({ INTAKE_KEYS: INTAKE_KEY, LOG_CONSOLE: "json", MAX_BODY_BYTES: "10000000" }),
    startBrowser(),
  ]);
  const complaints: string[] = [];
  return {
    service,
    complaints,
    open: (options) => openPage(browser, { service, complaints, options }),
    async signIn(options) {
      const page = await openPage(browser, { service, complaints, options });
      await page.goto("/board");
      await page.getByLabel("Operator token").fill(OPERATOR_TOKEN);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.waitForURL("**/board");
      return page;
    },
    async report(...reports) {
      const answer = await service.fetch("/errors", withToken(INTAKE_KEY, jsonBody(reports)));
      const { content } = await answer.json();
      await stored(service, content.ids.at(-1));
      return content.ids;
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      await service[Symbol.asyncDispose]();
    },
  };
}

/** A report of another service about a failure. */
export function failure(type: string, message: string): Record<string, unknown> {
  return {
    svc_name: "trains",
    message,
    error: { type, message, stack: `${type}: ${message}\n    at ${type} (/srv/${type}.ts:3:5)` },
  };
}

/** Makes the service fail, and waits until that is stored. */
export async function failOnce(service: Service): Promise<void> {
  const answer = await service.fetch("/fail?how=throw");
  await stored(service, (await answer.json()).error_id);
}

/** Waits until the occurrence with this id can be found. */
export async function stored(service: Service, errorId: string): Promise<void> {
  const receipt = `/?query_content=${errorId}&user_type=guest`;
  await until(async () => {
    const answer = await service.fetch(receipt);
    await answer.body?.cancel();
    return answer.ok;
  }, { what: `the store holds ${errorId}` });
}

/** Fails with every violation that axe-core finds on the page as it is, for what this look can break. */
export async function checkAccessibility(page: Page, look: keyof typeof RULES): Promise<void> {
  const violations = await violationsOf(page, look);
  assert(violations.length === 0, `${page.url()}\n${violations.join("\n")}`);
}

/** What {@linkcode checkAccessibility} fails with. */
export async function violationsOf(page: Page, look: keyof typeof RULES): Promise<string[]> {
  // Once for each page that is loaded: it is half a megabyte.
  const source = await page.evaluate(`"axe" in window`) ? "" : axe.source;
  return await page.evaluate(
    `(() => { ${source}; return axe.run(document, { runOnly: ${
      JSON.stringify(RULES[look])
    }, resultTypes: ["violations"], preload: false })
      .then(({ violations }) => violations.map(({ id, nodes }) =>
        id + ": " + nodes.map(({ html, failureSummary }) => html + " " + failureSummary).join("; "))); })()`,
  );
}

async function openPage(
  browser: Browser,
  { service, complaints, options }: {
    service: Service;
    complaints: string[];
    options: BrowserContextOptions | undefined;
  },
): Promise<Page> {
  const context: BrowserContext = await browser.newContext({ baseURL: service.url, ...options });
  const page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(`script: ${error.message}`));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => {});
  });
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(service.url)) complaints.push(`request to ${request.url()}`);
  });
  return page;
}
