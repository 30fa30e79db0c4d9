/**
 * The statements behind all pages, run in this thread, where they can be recorded.
 *
 * @module
 */
import { OPERATOR_TOKEN } from "../token.ts";
import { startLogging } from "../../logging/mod.ts";
import { createApp } from "../../tests/helpers/create_app.ts";
import { DEEP_PAGES, everyPage } from "./pages.ts";
import { recordStatements, type Statements } from "./statements.ts";

/** Asks an app on this store for every page, and gives the SQL that was run. */
export async function runStatements(storeUrl: string): Promise<Statements> {
  const dir = Deno.makeTempDirSync({ prefix: "holdfast-bench-" });
  using recording = recordStatements();
  // Without workers the store is asked in the main thread.
  Object.assign(globalThis, { Worker: undefined });
  const logging = startLogging({
    level: "INFO",
    bodies: "on",
    spill: "off",
    dataDir: dir,
    storeUrl,
    retention: { days: 3650, keepOccurrences: 10_000, maxMegabytes: 1024 * 1024 },
    root: "/",
  });
  await logging.ready;
  const app = createApp({
    logging,
    environment: "production",
    requestTimeoutMs: 10_000,
    maxBodyBytes: 1024 * 1024,
    operators: [{ token: OPERATOR_TOKEN, mayWrite: true }],
    intakeKeys: [],
  });
  const signedIn = await app.request((await app.newSignInPath())!);
  const cookie = signedIn.headers.get("set-cookie")!.split(";")[0]!;
  const ask = (path: string) => app.request(path, { headers: { cookie } });
  for (const { path } of await everyPage(ask, { deepPages: DEEP_PAGES })) {
    await (await ask(path)).body?.cancel();
  }
  await logging.close({ deadlineMs: 5_000 });
  Deno.removeSync(dir, { recursive: true });
  return new Map(recording.statements);
}
