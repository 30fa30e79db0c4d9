import { Attempts } from "../board/attempts.ts";
import type { Logging, StoreReads } from "../logging/mod.ts";
import type { Module } from "../modules/module.ts";
import { API_LIMITS, type Lock, requireToken } from "./auth.ts";
import { LazyBoard } from "./board.ts";
import { ReadingBudget } from "./body.ts";
import { contextStore } from "./context.ts";
import type { Exchange } from "./exchange.ts";
import { Exchanges } from "./exchanges.ts";
import { hostIn } from "./host.ts";
import type { IntakeKey } from "../store/intake_key.ts";
import { Intake } from "./intake.ts";
import { Proxies } from "./proxies.ts";
import { Refusals } from "./refusals.ts";
import { Traffic } from "./traffic.ts";

export interface RouteOptions {
  logging: Logging;
  /** In development answers show stacks, and `/fail` is there. */
  environment: "development" | "production";
  requestTimeoutMs: number;
  maxBodyBytes: number;
  /** Opens the operator's part; closed where absent. */
  operatorToken?: string;
  /** Open the intake; closed where empty. */
  intakeKeys: readonly IntakeKey[];
  /** Records a second of one intake key. Default 10,000. */
  intakeQuota?: number;
  /** The address people use; outside development the board answers to its host alone. */
  publicUrl?: string;
  /** Where the board stands, seen from the app's root: the page of links leads there. Absent: it leads to none. */
  boardPath?: string;
  /** Addresses and ranges of proxies whose headers are believed. Default: those on this machine. */
  trustedProxies?: readonly string[];
}

/** What all routes of one app share: who may do what, what is counted, and what is being recorded. */
export interface Tools extends RouteOptions {
  traffic: Traffic;
  refusals: Refusals;
  proxies: Proxies;
  showStacks: boolean;
  /** From {@linkcode contextStore}: its refusals are named failures. */
  store: StoreReads;
  /** Throws unless the request carries the operator's token, or comes from a page of the board. */
  requireOperator: (exchange: Exchange) => Promise<void>;
  /** Opened by the operator's token, or by an app of its own. */
  board: LazyBoard;
  bodies: ReadingBudget;
  exchanges: Exchanges;
  intake: Intake;
  /** Whether people use the board under this address. */
  isBoardAt: (origin: string) => boolean;
  /** Says once, while the app runs, what will not be recorded. */
  tellOrder: (sentence: string) => void;
  /** All modules that are served, in the order in which they were added: for the index page and `openapi.json`. */
  served: Module[];
  /** True once routes for a board that the operator's token opens were asked for. */
  servesBoard: boolean;
}

export function createTools(options: RouteOptions): Tools {
  const { logging, environment, operatorToken, publicUrl } = options;
  const proxies = new Proxies({
    trusted: options.trustedProxies,
    publicUrl,
    onUntrusted: (address) =>
      logging.logger.warn(
        `${address} sends forwarding headers, which are not believed: name it in TRUSTED_PROXIES if it is a proxy of yours`,
      ),
  });
  const isBoardAt = (origin: string) =>
    publicUrl === undefined || environment === "development" || proxies.isPublic(hostIn(origin));
  const operator: Lock = {
    tokens: operatorToken === undefined ? [] : [operatorToken],
    what: "operator access",
    variable: "OPERATOR_TOKEN",
    attempts: new Attempts({ limits: API_LIMITS }),
    delaysRightTokens: true,
  };
  const intake = new Intake(options.intakeKeys, { recordsPerSecond: options.intakeQuota });
  const traffic = new Traffic();
  const board = new LazyBoard({
    logging,
    operatorToken,
    attempts: new Attempts(),
    traffic: () => traffic.lastHour(),
    refused: () => intake.quotas.refused,
    publicUrl,
  });
  let isOrderSaid = false;
  const tools: Tools = {
    ...options,
    exchanges: new Exchanges(() => tools),
    served: [],
    servesBoard: false,
    tellOrder(sentence) {
      if (!isOrderSaid) logging.logger.warn(sentence);
      isOrderSaid = true;
    },
    traffic,
    refusals: new Refusals(logging.logger),
    proxies,
    isBoardAt,
    bodies: new ReadingBudget(),
    intake,
    board,
    showStacks: environment === "development",
    store: contextStore(logging),
    requireOperator: async (exchange) => {
      // What only reads is open to the board's own pages as well.
      if (isReading(exchange.request) && await isBoardPage(exchange)) exchange.isQuiet = true;
      else await requireToken(exchange, operator);
    },
  };
  return tools;

  async function isBoardPage(exchange: Exchange): Promise<boolean> {
    if (!board.hasToken || !exchange.request.headers.has("cookie")) return false;
    return isBoardAt(exchange.origin) && await board.isSignedIn(exchange);
  }
}

function isReading({ method }: Request): boolean {
  return method === "GET" || method === "HEAD";
}
