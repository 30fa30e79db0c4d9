import { Attempts } from "../board/access/attempts.ts";
import type { Logging } from "../logging/mod.ts";
import { fail } from "../modules/fail.ts";
import type { Module } from "../modules/module.ts";
import { API_LIMITS, type Lock, requireToken } from "./auth.ts";
import { LazyBoard } from "./board.ts";
import { ReadingBudget } from "./body.ts";
import { contextStore } from "./context.ts";
import { DeliveryBudgets } from "./deliver.ts";
import { Forbidden } from "../modules/failure.ts";
import type { Operator, OperatorToken } from "../store/operator.ts";
import type { Exchange } from "./exchange.ts";
import { hostIn } from "./host.ts";
import type { IntakeKey } from "../store/intake_key.ts";
import { Intake, QUOTA } from "./intake.ts";
import { KeyRing } from "./key_ring.ts";
import { Places } from "./places.ts";
import { Proxies } from "./proxies.ts";
import { Refusals } from "./refusals.ts";
import { Traffic } from "./traffic.ts";

export interface RouteOptions {
  logging: Logging;
  environment: "development" | "production";
  requestTimeoutMs: number;
  maxBodyBytes: number;
  /** Whose tokens open the board and the operator's routes. Default: nobody's. */
  operators?: readonly OperatorToken[];
  intakeKeys: readonly IntakeKey[];
  /** Records a second of an intake key that has no quota of its own. Default 10,000; of a public one 100. */
  intakeQuota?: number;
  /** The address people use; outside development the board answers only to its host. */
  publicUrl?: string;
  /** Where the board stands, seen from the app's root. Default: where the app's routes have it, else at `/board`. */
  boardPath?: string;
  /** The address of a new issue elsewhere, which the board fills in. */
  issuesUrl?: string;
  trustedProxies?: readonly string[];
  /** The first intake key of a service that only this machine can reach, while it is valid. */
  firstKey?: () => Promise<string | undefined>;
  /** Where the API stands, the same. Default: where the app's routes have it, else at the root. */
  apiPath?: string;
  /** Where envelopes are taken that say in their DSN alone whose they are; below the path of the API. */
  tunnelPath?: string;
}

export type Tools = ReturnType<typeof createTools>;

/** What all routes of one app share: who may do what, what is counted, and what is being recorded. */
export function createTools(options: RouteOptions) {
  const { logging, environment, operators = [], publicUrl } = options;
  const proxies = new Proxies({
    trusted: options.trustedProxies,
    publicUrl,
    onUntrusted: (address) =>
      logging.ownLogger.warn(
        `${address} sends forwarding headers, which are not believed: name it in TRUSTED_PROXIES if it is a proxy of yours`,
      ),
  });
  const operator: Lock = {
    operators,
    what: "operator access",
    variable: "OPERATOR_TOKEN",
    attempts: new Attempts({ limits: API_LIMITS }),
  };
  const keys = new KeyRing({
    configured: options.intakeKeys,
    store: logging.store,
    quota: options.intakeQuota,
  });
  const intake = new Intake({ keys, counts: logging.intakeCounts });
  const store = contextStore(logging, keys);
  const traffic = new Traffic();
  const places = new Places(options);
  const board = new LazyBoard({
    logging,
    operators,
    names: operators.flatMap(({ name }) => name ?? []),
    issuesUrl: options.issuesUrl,
    attempts: new Attempts(),
    refused: () => intake.refused.byService(QUOTA),
    publicUrl,
    keys: store,
    firstKey: options.firstKey,
    apiPath: () => places.api,
    canFail: () => served.some(({ name }) => name === fail.name),
  });
  const served: Module[] = [];
  let isOrderSaid = false;
  return {
    ...options,
    operators,
    /** Each app has another, so that two of them can record the same request. */
    exchangeKey: Symbol("exchange"),
    /** Hono answers only Errors and passes other thrown values on: what serves the app finds their record here. */
    unanswered: new WeakMap<Request, Exchange>(),
    /** All modules that are served, in the order in which they were added: for the index page and `openapi.json`. */
    served,
    /** True once routes for a board that the operator's token opens were asked for. */
    servesBoard: false,
    /** Says once, while the app runs, what will not be recorded. */
    tellOrder(sentence: string): void {
      if (!isOrderSaid) logging.ownLogger.warn(sentence);
      isOrderSaid = true;
    },
    places,
    traffic,
    refusals: new Refusals(logging.ownLogger),
    proxies,
    isBoardAt,
    bodies: new ReadingBudget(),
    deliveries: new DeliveryBudgets(),
    intake,
    board,
    showStacks: environment === "development",
    store,
    /**
     * Who asks. Throws unless the request carries an operator's token, or comes from a page of the board, and for a token that
     * may only read, where `toWrite` is true. Default: for everything but GET and HEAD.
     */
    async requireOperator(
      exchange: Exchange,
      { toWrite }: { toWrite?: boolean } = {},
    ): Promise<Operator> {
      const isReading = ["GET", "HEAD"].includes(exchange.request.method);
      // What only reads is open to the board's own pages as well.
      const signedIn = isReading ? await signedInOn(exchange) : undefined;
      if (signedIn) exchange.isQuiet = true;
      const found = signedIn ?? await requireToken(exchange, operator);
      if ((toWrite ?? !isReading) && !found.mayWrite) throw new Forbidden(mayOnlyRead(found));
      // The store has it already: the log would fill itself, and searches would find the answers of earlier ones.
      if (isReading) exchange.hidesOutput = true;
      return exchange.operator = found;
    },
  };

  /** Whether people use the board under this address. */
  function isBoardAt(origin: string): boolean {
    return publicUrl === undefined || environment === "development" ||
      proxies.isPublic(hostIn(origin));
  }

  async function signedInOn(exchange: Exchange): Promise<Operator | undefined> {
    if (!board.hasToken || !exchange.request.headers.has("cookie")) return undefined;
    return isBoardAt(exchange.origin) ? await board.signedIn(exchange) : undefined;
  }
}

/** For people: why a token that may only read is refused. */
export function mayOnlyRead({ name }: Operator): string {
  const whose = name === undefined ? "this token" : `the token of ${name}`;
  return `${whose} may only read: this needs a token that may write (OPERATOR_TOKEN, without :read)`;
}
