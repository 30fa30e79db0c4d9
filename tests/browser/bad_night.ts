/** What a night brings on which something breaks: traffic, releases, noise, and one error that somebody has to find. */
import { failure } from "./board.ts";
import { INTAKE_KEY, jsonBody, withToken } from "../helpers/start_app.ts";
import type { Service } from "../helpers/start_service.ts";
import { until } from "../helpers/until.ts";

const MINUTE_MS = 60_000;
const MAX_REPORTS = 100;
/** Users that the new error has hit. */
const USERS_HIT = 14;

/** The errors that somebody looks for, by their ids. */
export interface BadNight {
  /** Began nine minutes ago with release 1.5.0 of the shop. */
  broken: string;
  /** Happens far more often than usual. */
  rising: string;
  /** Was resolved, and is back with release 2.1.0. */
  back: string;
  /** Happens every few minutes, and nobody minds. */
  noise: string;
  /** Everything a client can send, in texts that want to break out. */
  hostile: string;
  /** A request of `broken`, which has four log records. */
  requestId: string;
}

/** Fills the store of a service. */
export async function makeBadNight(
  service: Service,
  nowMs: number = Date.now(),
): Promise<BadNight> {
  const at = (minutesAgo: number) => new Date(nowMs - minutesAgo * MINUTE_MS).toISOString();
  const send = async (path: string, reports: readonly object[]) => {
    for (let i = 0; i < reports.length; i += MAX_REPORTS) {
      const part = reports.slice(i, i + MAX_REPORTS);
      const answer = await service.fetch(path, withToken(INTAKE_KEY, jsonBody(part)));
      if (!answer.ok) throw new Error(await answer.text());
      await answer.body?.cancel();
    }
  };
  await send("/logs", traffic(at));
  await send("/errors", [...noise(at), ...quiet(at), ...usual(at), declined(at(26 * 60), "2.0.4")]);
  const idOf = async (type: string): Promise<string> => {
    const find = async () => (await service.asOperator(`/errors?q=${type}`)).errors[0]?.id;
    return await until(find, { what: `the store holds ${type}` });
  };
  const back = await idOf("PaymentDeclined");
  await service.asOperator(`/errors/${back}/resolution`, {
    ...jsonBody({ release: "2.1.0", note: "the bank's new codes" }),
    method: "PUT",
  });
  const fixed = await idOf("StockMissing");
  await service.asOperator(`/errors/${fixed}/resolution`, {
    ...jsonBody({ note: "counted again" }),
    method: "PUT",
  });
  await send("/errors", [
    ...[3, 17, 18].map((minutes) => declined(at(minutes), "2.1.0")),
    ...Array.from({ length: 45 }, (_, i) => timeout(at(i / 60), i)),
    ...broken(at),
    HOSTILE,
  ]);
  await send("/logs", ofOneRequest(at));
  return {
    broken: await idOf("discount"),
    rising: await idOf("ShardTimeout"),
    back,
    noise: await idOf("ConnectionRefused"),
    hostile: await idOf("Hostile"),
    requestId: REQUEST_ID,
  };
}

type At = (minutesAgo: number) => string;

const REQUEST_ID = "req-7f3a9c21";

const ROUTES = [
  ["shop", "GET /orders/:id", "/orders/:id", 18],
  ["shop", "POST /orders", "/orders", 64],
  ["shop", "GET /products", "/products", 9],
  ["search", "GET /search", "/search", 140],
  ["checkout", "POST /pay", "/pay", 420],
] as const;

/** Requests of a day, denser in the last hour. */
function traffic(at: At): object[] {
  const minutes = [
    ...Array.from({ length: 23 }, (_, hour) => (hour + 1) * 60 + 7),
    ...Array.from({ length: 60 }, (_, minute) => minute),
  ];
  return minutes.flatMap((minute, index) =>
    ROUTES.slice(0, minute < 60 ? ROUTES.length : 3).map(([svc_name, name, route, ms], place) => ({
      svc_name,
      level: "INFO",
      message: `${name} 200`,
      time: at(minute + place / 10),
      release: releaseAt(svc_name, minute),
      environment: "production",
      method: name.split(" ")[0],
      route,
      path: route.replace(":id", String(40_000 + index)),
      status: 200,
      duration_ms: ms * (1 + (index % 7) / 5),
      request_id: `req-${index}-${place}`,
    }))
  );
}

function releaseAt(service: string, minutesAgo: number): string {
  if (service === "shop") return minutesAgo > 12 ? "1.4.0" : "1.5.0";
  return service === "checkout" ? (minutesAgo > 30 ? "2.0.4" : "2.1.0") : "2026.11.3";
}

/** One error since the deploy, for many users. */
function broken(at: At): object[] {
  return Array.from({ length: 40 }, (_, i) => ({
    svc_name: "shop",
    level: "ERROR",
    message: "Cannot destructure property 'percent' of 'discount' as it is undefined.",
    time: at(9 - i * 0.21),
    release: "1.5.0",
    environment: "production",
    method: "POST",
    route: "/orders",
    path: "/orders",
    status: 500,
    duration_ms: 21 + i,
    request_id: i === 39 ? REQUEST_ID : `req-broken-${i}`,
    user: { id: `customer-${i % USERS_HIT}` },
    tags: { browser: i % 3 ? "Firefox" : "Chrome", plan: i % 5 ? "basic" : "gold" },
    headers: { "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0" },
    input_json: { cart: [{ sku: `A-${i}`, amount: 2 }], code: null },
    return_json: { error: "InternalError" },
    breadcrumbs: [
      { time: at(9.1), category: "http", message: "GET /cart 200" },
      { time: at(9), category: "ui.click", message: "button#order" },
    ],
    error: {
      type: "TypeError",
      message: "Cannot destructure property 'percent' of 'discount' as it is undefined.",
      frames: [
        {
          function: "priceOf",
          file: "/srv/shop/src/price.ts",
          line: 18,
          in_app: true,
          pre_context: [
            "export function priceOf(order: Order) {",
            "  const { discount, lines } = order;",
          ],
          context_line: "  const { percent } = discount;",
          post_context: ["  return sumOf(lines) * (1 - percent / 100);", "}"],
          vars: { order: { lines: 3, code: null }, discount: null },
        },
        {
          function: "createOrder",
          file: "/srv/shop/src/orders.ts",
          line: 44,
          in_app: true,
          context_line: "  const total = priceOf(order);",
        },
        { function: "dispatch", file: "/srv/shop/node_modules/hono/compose.js", line: 22 },
        { function: "handle", file: "/srv/shop/node_modules/hono/hono.js", line: 301 },
      ],
    },
  }));
}

/** What else the log holds of the request. */
function ofOneRequest(at: At): object[] {
  const messages = [
    ["INFO", "POST /orders began"],
    ["INFO", "cart loaded: 1 line"],
    ["WARN", "no discount for code null"],
  ] as const;
  return messages.map(([level, message], index) => ({
    svc_name: "shop",
    level,
    message,
    time: at(0.82 - index / 1000),
    release: "1.5.0",
    environment: "production",
    request_id: REQUEST_ID,
    attrs: { step: index + 1 },
  }));
}

/** Every few minutes for a day. */
function noise(at: At): object[] {
  return Array.from({ length: 150 }, (_, i) => ({
    ...failure("ConnectionRefused", "connect ECONNREFUSED 10.0.4.7:25"),
    svc_name: "mailer",
    time: at(i * 9 + 1),
    release: "2026.11.3",
    environment: "production",
    level: i === 4 ? "CRITICAL" : "ERROR",
  }));
}

/** Nothing in the last two days. */
function quiet(at: At): object[] {
  return [
    { ...failure("StockMissing", "no stock of A-7"), svc_name: "shop", time: at(70 * 60) },
    {
      ...failure("TemplateError", "welcome.html has no title"),
      svc_name: "mailer",
      time: at(60 * 60),
    },
  ];
}

/** Once an hour until now. */
function usual(at: At): object[] {
  return Array.from({ length: 12 }, (_, hour) => timeout(at((hour + 2) * 60), hour));
}

function timeout(time: string, index: number): object {
  return {
    ...failure("ShardTimeout", "no answer of shard 3 within 2000 ms"),
    svc_name: "search",
    time,
    release: "2026.11.3",
    environment: "production",
    method: "GET",
    route: "/search",
    path: "/search",
    status: 504,
    duration_ms: 2_000,
    user: { id: `visitor-${index % 9}` },
  };
}

function declined(time: string, release: string): object {
  return {
    ...failure("PaymentDeclined", "card was declined"),
    svc_name: "checkout",
    time,
    release,
    environment: "production",
    method: "POST",
    route: "/pay",
    path: "/pay",
    status: 502,
    duration_ms: 500,
    user: { id: "customer-3" },
  };
}

const LONG = "ANameThatNobodyHasMadeAnyShorterThanItIs".repeat(3);
/** A thousand characters without a place to break, and what would be markup or turn the line around. */
const HOSTILE_TEXT = `<script>alert(1)</script>\u202e<b>&amp; ${LONG.repeat(9)}`.slice(0, 1_000);
const HOSTILE = {
  ...failure("Hostile", HOSTILE_TEXT),
  svc_name: LONG,
  release: LONG,
  environment: LONG,
  route: `/${LONG}`,
  path: `/${LONG}?q=${LONG}`,
  method: "GET",
  status: 500,
  request_id: LONG,
  user: { id: LONG },
  tags: { [LONG]: LONG, "<img src=x>": "\u202egnp", line: "8" },
  headers: { "user-agent": HOSTILE_TEXT },
  input_json: { text: HOSTILE_TEXT, deep: { er: { still: [1, 2, { three: HOSTILE_TEXT }] } } },
  return_json: HOSTILE_TEXT,
  breadcrumbs: Array.from({ length: 30 }, (_, index) => ({
    category: index % 2 ? "http" : LONG,
    message: index % 3 ? "GET /stock" : HOSTILE_TEXT,
    data: { url: `https://shop.example.org/${LONG}` },
  })),
  error: {
    type: `Hostile${LONG}`,
    message: HOSTILE_TEXT,
    frames: Array.from({ length: 9 }, (_, index) => ({
      function: index % 2 ? HOSTILE_TEXT : "leave",
      file: index % 3 ? `/srv/${LONG}.py` : "/srv/node_modules/x/index.js",
      line: index + 3,
      in_app: index % 3 !== 0,
      context_line: HOSTILE_TEXT,
      pre_context: ["def leave():", "\twait()"],
      vars: { [HOSTILE_TEXT]: HOSTILE_TEXT, cart: { items: [1, { sku: LONG }] } },
    })),
  },
  attrs: { contexts: { os: { name: "linux", build: HOSTILE_TEXT } }, note: HOSTILE_TEXT },
};
