import type { LoggingOptions } from "../../logging/logging.ts";
import { type Logging, startLogging, toFolder } from "../../logging/mod.ts";
import type { StoreReads } from "../../store/store.ts";
import { type App, type AppDependencies, createApp } from "./create_app.ts";
import { tempFolder } from "./temp_folder.ts";

/** The operator's token of every app and service that tests start. */
export const OPERATOR_TOKEN = "operator-token-of-the-tests";
/** Their intake key. */
export const INTAKE_KEY = "intake-key-of-the-tests";

/** The project's root folder, ending in a slash. */
export const ROOT = toFolder(new URL("../../", import.meta.url).href);

const CLOSE_DEADLINE_MS = 5_000;
/** Of questions and requests: no machine is so busy that one that is well takes longer. */
const PATIENT_MS = 60_000;

/** How an app of a test differs from the usual one. */
export interface AppOptions extends Partial<Omit<AppDependencies, "logging">> {
  /** How its log differs. */
  logging?: Partial<LoggingOptions>;
  /** Methods of the store that do what a test wants. */
  store?: Partial<StoreReads>;
}

/** An app with its log. */
export interface TestApp extends App, AsyncDisposable {
  /** The log, with its real worker. */
  readonly logging: Logging;
  /** Asks as the operator. */
  asOperator(path: string, init?: RequestInit): Promise<Response>;
  /** Sends a JSON body with an intake key. */
  report(path: string, body: unknown): Promise<Response>;
}

/** Starts an app with a real log, a real worker and a store in a folder of its own. */
export async function startApp(
  { logging: logOptions, store, ...options }: AppOptions = {},
): Promise<
  TestApp
> {
  const folder = tempFolder();
  const logging = startLogging({
    level: "DEBUG",
    bodies: "on",
    spill: "error",
    dataDir: folder.path,
    storeUrl: `sqlite:${folder.at("holdfast.db")}`,
    retention: { days: 90, keepOccurrences: 100, maxMegabytes: 100 },
    root: ROOT,
    askMs: PATIENT_MS,
    ...logOptions,
  });
  await logging.ready;
  const app = createApp({
    logging: { ...logging, store: Object.setPrototypeOf({ ...store }, logging.store) },
    environment: "development",
    requestTimeoutMs: PATIENT_MS,
    maxBodyBytes: 1_048_576,
    operators: [{ token: OPERATOR_TOKEN, mayWrite: true }],
    intakeKeys: [{ key: INTAKE_KEY }],
    ...options,
  });
  return {
    ...app,
    logging,
    asOperator: (path, init) => app.request(path, withToken(OPERATOR_TOKEN, init)),
    report: (path, body) => app.request(path, withToken(INTAKE_KEY, jsonBody(body))),
    async [Symbol.asyncDispose]() {
      await logging.close({ deadlineMs: CLOSE_DEADLINE_MS });
      folder[Symbol.dispose]();
    },
  };
}

/** A request's options with a bearer token. */
export function withToken(token: string, init: RequestInit = {}): RequestInit {
  const headers = new Headers(init.headers);
  headers.set("authorization", `Bearer ${token}`);
  return { ...init, headers };
}

/** A POST of a value as JSON. */
export function jsonBody(body: unknown): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
}
