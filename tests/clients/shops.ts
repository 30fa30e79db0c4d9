/** Who sells what with which client, and what must arrive of it. */
import type { Client } from "./clients.ts";

/** One failure as it must arrive. */
export interface Failure {
  type: string;
  message: string | RegExp;
  count: number;
  /** Own frames, the nearest first: function or `?`, file, and a piece of its source line where the client sends that. */
  frames: readonly (readonly [string, string, string?])[];
  /** Types of what caused it. */
  causes?: readonly string[];
  method?: string | undefined;
  path?: string | undefined;
  route?: string | undefined;
  module?: string | undefined;
}

export interface Shop {
  /** What the test and the table call it, and the service's name in the DSN. */
  name: string;
  service: string;
  client: Client;
  command: readonly string[];
  release: string;
  environment: string;
  tags?: Record<string, string>;
  failures: readonly Failure[];
  /** Log records: level and message. */
  logs: readonly (readonly [string, string])[];
}

const NPM = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"];
const PIP = ["venv/bin/pip", "install", "--quiet", "--disable-pip-version-check", "-r"];

export const NODE: Client = {
  folder: "node",
  needs: ["node", "npm"],
  install: [NPM],
  isQuick: true,
};
export const DENO: Client = {
  folder: "deno",
  needs: [],
  install: [["DENO", "install", "--frozen"]],
  isQuick: true,
};
export const PYTHON: Client = {
  folder: "python",
  needs: ["python3"],
  install: [["python3", "-m", "venv", "venv"], [...PIP, "requirements.txt"]],
  isQuick: true,
};

export const BROWSER: Client = {
  folder: "browser",
  needs: ["node", "npm"],
  install: [NPM, ["node_modules/.bin/esbuild", "shop.js", "--bundle", "--outfile=bundled.js"]],
  isQuick: true,
};
export const GO: Client = {
  folder: "go",
  needs: ["go"],
  install: [["go", "build", "-o", "shop", "."]],
  isQuick: false,
};
export const JAVA: Client = {
  folder: "java",
  needs: ["java", "mvn"],
  install: [["mvn", "--quiet", "--batch-mode", "compile", "dependency:copy-dependencies"]],
  isQuick: false,
};
export const RUST: Client = {
  folder: "rust",
  needs: ["cargo"],
  install: [["cargo", "build", "--quiet", "--locked"]],
  isQuick: false,
};

const TAGS = { tenant: "acme", retry: "3" };
const LOGS = [
  ["WARN", "stock is low for sku A-17"],
  ["INFO", "user signed in"],
  ["ERROR", "payment refused"],
] as const;

const NO_AMOUNT = {
  type: "TypeError",
  message: "Cannot read properties of undefined (reading 'amount')",
  count: 2,
} as const;
const NO_PRICE = { type: "PriceError", message: "no price for A-17", count: 1 } as const;

/** Of what runs on V8: its frames are alike. */
function inJavaScript(
  file: string,
  { prices, hasRoute }: { prices: string; hasRoute: boolean },
): Failure[] {
  const [cartRoute, checkoutRoute] = hasRoute ? ["/cart/:id", "/checkout/:sku"] : [];
  const cart = { method: "GET", path: "/cart/8?coupon=SPRING", route: cartRoute };
  const checkout = { method: "GET", path: "/checkout/A-17", route: checkoutRoute };
  return [
    {
      ...NO_AMOUNT,
      frames: [
        ["?", prices, "item.price.amount"],
        ["priceOf", prices, "cart.items.map"],
        ["?", file, "priceOf("],
      ],
      ...cart,
    },
    {
      ...NO_PRICE,
      frames: [["loadPrice", prices, "throw new PriceError"], ["?", file, "loadPrice("]],
      causes: ["SyntaxError"],
      ...checkout,
    },
  ];
}

function inPython(
  file: string,
  { cart, checkout }: Record<"cart" | "checkout", Partial<Failure>>,
): Failure[] {
  const call = file === "plain.py" ? "work(*arguments)" : undefined;
  return [
    {
      type: "KeyError",
      message: "'price'",
      count: 2,
      frames: [
        ["<genexpr>", "prices.py", 'item["price"]["amount"]'],
        ["price_of", "prices.py", 'item["price"]["amount"]'],
        [call ? "attempt" : "cart", file, call ?? "price_of("],
      ],
      ...cart,
    },
    {
      ...NO_PRICE,
      frames: [
        ["load_price", "prices.py", "raise PriceError"],
        [call ? "attempt" : "checkout", file, call ?? "load_price("],
      ],
      causes: ["JSONDecodeError"],
      ...checkout,
    },
  ];
}

const JAVASCRIPT = { release: "shop@1.4.2", environment: "staging", tags: TAGS, logs: LOGS };
const IN_PYTHON = { release: "shop-py@3.1.0", environment: "staging", tags: TAGS, logs: LOGS };

export const SHOPS: readonly Shop[] = [
  {
    name: "@sentry/node with Express",
    service: "express",
    client: NODE,
    command: ["node", "--import", "./instrument.js", "express.js"],
    failures: inJavaScript("express.js", { prices: "prices.js", hasRoute: true }),
    ...JAVASCRIPT,
  },
  {
    name: "@sentry/node with Hono",
    service: "hono",
    client: NODE,
    command: ["node", "--import", "./instrument.js", "hono.js"],
    failures: inJavaScript("hono.js", { prices: "prices.js", hasRoute: true }),
    ...JAVASCRIPT,
  },
  {
    name: "@sentry/deno",
    service: "deno",
    client: DENO,
    command: ["DENO", "run", "--allow-all", "--frozen", "shop.ts"],
    failures: inJavaScript("shop.ts", { prices: "prices.ts", hasRoute: false }),
    ...JAVASCRIPT,
    release: "shop@2.0.0",
    environment: "production",
  },
  {
    name: "sentry-sdk for Python",
    service: "python",
    client: PYTHON,
    command: ["venv/bin/python", "plain.py"],
    failures: [
      ...inPython("plain.py", { cart: {}, checkout: {} }),
      { type: "ERROR", message: "could not price A-17 for 3", count: 1, frames: [] },
    ],
    ...IN_PYTHON,
  },
  {
    name: "sentry-sdk with Flask",
    service: "flask",
    client: PYTHON,
    command: ["venv/bin/python", "flask_shop.py"],
    failures: inPython("flask_shop.py", {
      cart: { method: "GET", path: "/cart/8?coupon=SPRING", module: "cart" },
      checkout: { method: "GET", path: "/checkout/A-17", module: "checkout" },
    }),
    ...IN_PYTHON,
  },
  {
    name: "sentry-sdk with Django",
    service: "django",
    client: PYTHON,
    command: ["venv/bin/python", "django_shop.py"],
    failures: inPython("django_shop.py", {
      cart: { method: "GET", path: "/cart/8/?coupon=SPRING", route: "/cart/{id}/" },
      checkout: { method: "GET", path: "/checkout/A-17/", route: "/checkout/{sku}/" },
    }),
    ...IN_PYTHON,
  },
  {
    name: "sentry-go",
    service: "go",
    client: GO,
    command: ["./shop"],
    failures: [
      {
        type: "runtime.errorString",
        message: "runtime error: invalid memory address or nil pointer dereference",
        count: 2,
        frames: [["priceOf", "prices.go"], ["main.func1", "main.go"]],
        method: "GET",
        path: "/cart/8?coupon=SPRING",
      },
      {
        type: "*fmt.wrapError",
        message: "order 4711: out of stock",
        count: 1,
        frames: [["main.func2", "main.go"]],
        causes: ["*errors.errorString"],
        method: "GET",
        path: "/checkout/A-17",
      },
    ],
    release: "shop-go@0.9.0",
    environment: "production",
    tags: { tenant: "acme" },
    logs: LOGS,
  },
  {
    name: "io.sentry:sentry for Java",
    service: "java",
    client: JAVA,
    command: ["java", "-cp", "target/classes:target/dependency/*", "shop.Shop"],
    failures: [
      {
        type: "NullPointerException",
        message: /java\.util\.Map\.get\(Object\)/,
        count: 2,
        frames: [["priceOf", "Prices.java"], ["lambda$main$1", "Shop.java"]],
      },
      {
        type: "Prices$PriceException",
        message: "no price for A-17",
        count: 1,
        frames: [["loadPrice", "Prices.java"], ["lambda$main$2", "Shop.java"]],
        causes: ["NumberFormatException"],
      },
    ],
    release: "shop-java@4.0.0",
    environment: "production",
    tags: { tenant: "acme" },
    logs: LOGS,
  },
  {
    name: "sentry for Rust",
    service: "rust",
    client: RUST,
    command: ["target/debug/shop"],
    failures: [
      {
        type: "panic",
        message: "called `Option::unwrap()` on a `None` value",
        count: 2,
        frames: [
          ["shop::prices::price_of::{{closure}}", "prices.rs"],
          ["shop::prices::price_of", "prices.rs"],
          ["shop::main::{{closure}}", "main.rs"],
        ],
      },
      {
        type: "PriceError",
        message: "no price for A-17",
        count: 1,
        frames: [["shop::main", "main.rs"]],
        causes: ["ParseIntError"],
      },
    ],
    release: "shop@0.3.0",
    environment: "staging",
    tags: { tenant: "acme" },
    logs: LOGS,
  },
];
