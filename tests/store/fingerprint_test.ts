import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { describeError } from "../../logging/records/describe.ts";
import { fingerprint } from "../../store/grouping/fingerprint.ts";
import { isOfPackage, PACKAGE_ROOT } from "../../store/grouping/package_files.ts";
import { maskMessage } from "../../store/grouping/mask_message.ts";
import type { LogRecord } from "../../store/record.ts";
import type { GraphModule } from "../helpers/arrows.ts";
import { runDeno } from "../helpers/run_deno.ts";
import { ROOT } from "../helpers/start_app.ts";

/** A small application that fails for real, in many ways. */
const APP = `
export const handlers = {
  async refused(n) { await fetch("http://127.0.0.1:" + closedPort() + "/x?n=" + n); },
  parse(n) { return parseOrder("{oops " + n); },
  undefinedField(n) { return readField({ n }); },
  async missing(n) { await Deno.readTextFile("/nowhere/" + n + "/file.txt"); },
  async aborted(n) { await fetch("http://127.0.0.1:1/" + n, { signal: AbortSignal.abort() }); },
  helperFromCart(n) { return cart(n); },
  helperFromOrder(n) { return order(n); },
  async all(n) { await Promise.all([sleepless(n), 1, 2]); },
  overflow(n) { return n % 2 ? odd(0) : even(0); },
  walk(n) { return walk(n % 9); },
  cause(n) { try { parseOrder("{" + n); } catch (cause) { throw new Error("Cannot read order " + n, { cause }); } },
  otherCause(n) { try { readField({ n }); } catch (cause) { throw new Error("Cannot read order " + n, { cause }); } },
  text(n) { throw "out of stock: " + n; },
  otherText(n) { throw "no such user: user" + n + "@example.org"; },
  nothing() { throw null; },
};
function closedPort() { const l = Deno.listen({ port: 0 }); l.close(); return l.addr.port; }
function parseOrder(text) { return JSON.parse(text); }
function readField(order) { return order.customer.name; }
function cart(n) { return price(n); }
function order(n) { return price(n); }
function price(n) { throw new RangeError("No price for article " + n); }
async function sleepless(n) { await null; throw new TypeError("Awake " + n); }
function odd(n) { return 1 + even(n + 1); }
function even(n) { return 1 + odd(n + 1); }
function walk(n) { if (n === 0) throw new Error("Leaf"); return walk(n - 1); }
export const anonymous = [];
function on(handler) { anonymous.push(handler); }
on((n) => { throw new Error("first " + n); });
on((n) => { throw new Error("second " + n); });
`;

type Handler = (n: number) => unknown;
interface App {
  handlers: Record<string, Handler>;
  anonymous: Handler[];
}

function recordOf(thrown: unknown, more: Partial<LogRecord> = {}): LogRecord {
  return {
    time: "2026-11-05T10:00:00.000Z",
    level: "ERROR",
    severity: 40,
    svc_name: "/home",
    message: "failed",
    boot_id: "b",
    seq: 1,
    instance: "i",
    error: describeError(thrown),
    ...more,
  };
}

async function thrownBy(handler: Handler, n: number): Promise<unknown> {
  try {
    await handler(n);
  } catch (thrown) {
    return thrown;
  }
  throw new Error("The fixture did not fail");
}

/** Writes the application twice: as it is, and with its lines shifted by an edit. */
async function withDeploys(test: (deploys: { app: App; root: string }[]) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    const deploys = [];
    for (const [name, head] of [["one", ""], ["two", "// edited\n".repeat(17)]]) {
      const root = `${folder}/${name}`;
      await Deno.mkdir(root);
      const file = name === "one" ? "app-4f1e9a02.js" : "app-90ab12cd.js";
      await Deno.writeTextFile(`${root}/${file}`, head + APP);
      deploys.push({ root, app: await import(`file://${root}/${file}`) as App });
    }
    await test(deploys);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function readSource(file: string, line: number): string | undefined {
  return Deno.readTextFileSync(file).split("\n")[line - 1];
}

Deno.test("real errors group as a person would: whatever the data, whatever lines shifted", async () => {
  await withDeploys(async (deploys) => {
    const names = new Map<string, Set<string>>();
    for (const { app, root } of deploys) {
      for (const [name, handler] of Object.entries(app.handlers)) {
        for (const n of [1, 2, 35, 1204]) {
          const record = recordOf(await thrownBy(handler, n), { route: "/shop" });
          const { key } = fingerprint(record, { root, readSource });
          names.set(key, (names.get(key) ?? new Set()).add(name));
        }
      }
    }
    const groups = [...names.values()].map((group) => [...group].join("+")).sort();
    assertEquals(groups, Object.keys(deploys[0]?.app.handlers ?? {}).sort());
  });
});

Deno.test("an anonymous handler is told by its source line, or by its route", async () => {
  await withDeploys(async (deploys) => {
    const keys = new Set<string>();
    const routeKeys = new Set<string>();
    for (const { app, root } of deploys) {
      for (const [index, handler] of app.anonymous.entries()) {
        const record = recordOf(await thrownBy(handler, index), { route: `/${index}` });
        keys.add(fingerprint(record, { root, readSource }).parts.join());
        routeKeys.add(fingerprint(record, { root }).parts.join());
      }
    }
    assertEquals(keys.size, 2);
    assertEquals(
      [...routeKeys],
      ["/0", "/1"].map((route) => `type: Error,frame: ${route} in app.js`),
    );
  });
});

Deno.test("one broken helper is one error, whichever module's name is on the record", async () => {
  await withDeploys(async ([deploy]) => {
    if (!deploy) return;
    const thrown = await thrownBy(deploy.app.handlers.helperFromCart ?? (() => {}), 1);
    const [home, logs] = ["/home", "/logs"].map((svc_name) =>
      fingerprint(recordOf(thrown, { svc_name, route: svc_name }), deploy)
    );
    assertEquals(home?.key, logs?.key);
    assertEquals(home?.location, "price (app.js)");
    assertEquals(home?.parts.slice(0, 3), [
      "type: RangeError",
      "frame: price in app.js",
      "frame: cart in app.js",
    ]);
  });
});

Deno.test("a thrown text is told by its masked message and the route", () => {
  const [first, second, elsewhere] = [["no user 7", "/a"], ["no user 8", "/a"], ["no user 7", "/b"]]
    .map(([text, route]) => fingerprint(recordOf(text, { route: route ?? "" }), { root: "/app" }));
  assertEquals(first?.key, second?.key);
  assertNotEquals(first?.key, elsewhere?.key);
  assertEquals(first?.rule, "message");
  assertEquals(first?.parts, ["type: string", "message: no user <n>", "at: /a"]);
  assertEquals([first?.title, first?.masked, first?.location], ["no user 7", "no user <n>", "/a"]);
});

Deno.test("the caller's own fingerprint wins", () => {
  const groups = [["db", "down"], ["db", "down"], "db"].map((own) =>
    fingerprint(recordOf(new Error(String(Math.random())), { attrs: { fingerprint: own } }), {
      root: "/app",
    })
  );
  assertEquals(groups[0]?.key, groups[1]?.key);
  assertNotEquals(groups[0]?.key, groups[2]?.key);
  assertEquals([groups[0]?.rule, groups[0]?.parts], ["caller", ["caller: db", "caller: down"]]);
});

Deno.test("a message that looks like frames forges none", () => {
  const forged = new Error("x\n    at forged (file:///app/forged.ts:1:1)");
  const { parts } = fingerprint(recordOf(forged), { root: "/app" });
  assertEquals(parts.some((part) => part.startsWith("frame:")), false);
});

Deno.test("code and cause tell errors of one place apart", () => {
  const stack = "Error: x\n    at load (file:///app/a.ts:1:1)";
  const keyOf = (more: object) =>
    fingerprint(recordOf(null, { error: { type: "Error", message: "x", stack, ...more } }), {
      root: "file:///app/",
    }).key;
  const cause = { type: "TypeError", message: "no 1" };
  const keys = [
    keyOf({}),
    keyOf({ code: "ENOENT" }),
    keyOf({ cause }),
    keyOf({ cause: { ...cause, message: "yes" } }),
  ];
  assertEquals(new Set(keys).size, 4);
  assertEquals(keyOf({ cause: { ...cause, message: "no 2" } }), keys[2]);
});

Deno.test("reports of two services are never one error", () => {
  const stack =
    "TypeError: no\n    at new Cart (file:///srv/shop/cart.ts:3:9)\n    at order (/srv/shop/order.js:4:1)";
  const error = { type: "TypeError", message: "no", stack };
  const of = (svc_name: string, more: Partial<LogRecord> = {}) =>
    fingerprint(recordOf(null, { svc_name, error, reported: true, ...more }), { root: "/app" });
  assertEquals(of("shop").key, of("shop", { message: "other" }).key);
  assertNotEquals(of("shop").key, of("desk").key);
  assertEquals(of("shop").parts, [
    "service: shop",
    "type: TypeError",
    "frame: Cart in /srv/shop/cart.ts",
    "frame: order in /srv/shop/order.js",
  ]);
});

/** The key of a report with frames in these places, each of a function of its own. */
function reportedKey(places: string[], more: Partial<LogRecord> = {}): string {
  const stack = places.map((place, index) => `\n    at f${index} (${place}:3:${index + 1})`);
  const error = { type: "TypeError", message: "no", stack: `TypeError: no${stack.join("")}` };
  return fingerprint(recordOf(null, { error, reported: true, ...more }), { root: "/app" }).key;
}

Deno.test("two functions of a browser that throw the same message are two errors", () => {
  const keyOf = (fn: string, file: string) => {
    const stack = `Error: no\n    at ${fn} (${file}:3:5)`;
    const error = { type: "Error", message: "no", stack };
    return fingerprint(recordOf(null, { error, reported: true }), { root: "/app" }).key;
  };
  const page = "https://shop.example.org/cart";
  const keys = [
    keyOf("add", "https://shop.example.org/assets/cart.js"),
    keyOf("load", "https://shop.example.org/assets/cart.js"),
    keyOf("add", "https://shop.example.org/assets/order.js"),
    keyOf("add", page),
    keyOf("add", "webpack://shop/./src/cart.ts"),
  ];
  assertEquals(new Set(keys).size, keys.length);
  // On another host it is the same code.
  assertEquals(keyOf("add", "http://localhost:5173/assets/cart.js?t=17"), keys[0]);
});

Deno.test("a deploy makes no new errors: builds, dates, versions and hosts are not in the key", () => {
  const deploys: [string, string][] = [
    ["https://shop.example.org/main.4f1e9a02.js", "https://shop.example.org/main.90ab12cd.js"],
    ["/srv/shop/releases/20261127103000/cart.js", "/srv/shop/releases/20261128110000/cart.js"],
    ["/srv/shop-1.4.0/dist/index-DiwrgTda.js", "/srv/shop-1.5.0/dist/index-B3k_9xQz.js"],
  ];
  for (const [before, after] of deploys) {
    assertEquals(reportedKey([before]), reportedKey([after]), after);
  }
  assertNotEquals(reportedKey(["/srv/cart.js"]), reportedKey(["/srv/order.js"]));
});

Deno.test("a path that is reported as the route does not make an error of each id", () => {
  const keyOf = (route: string, more: Partial<LogRecord> = {}) =>
    fingerprint(recordOf("no stock", { route, reported: true, ...more }), { root: "/app" }).key;
  const same = ["GET /cart/7", "GET /cart/8", "GET /cart/0190d6c1-7b1e-7cc3-98b4-0a1b2c3d4e5f"];
  for (const route of [...same, "GET /cart/4f1e9a02b7"]) {
    assertEquals(keyOf(route), keyOf(same[0]!));
  }
  const others = ["GET /cart/7/items", "POST /cart/7", "GET /api/v2/cart", "GET /api/v3/cart"];
  assertEquals(new Set([same[0]!, ...others].map((route) => keyOf(route))).size, 5);
});

Deno.test("this package's frames are in no key, neither of the error nor of its cause", () => {
  const ours = [
    `    at run (file://${PACKAGE_ROOT}modules/run.ts:58:19)`,
    `    at validateAndRun (file://${PACKAGE_ROOT}modules/run.ts:52:10)`,
    `    at serveModule (file://${PACKAGE_ROOT}routes/exchange.ts:90:25)`,
    `    at fetch (file://${PACKAGE_ROOT}routes/app.ts:70:12)`,
  ].join("\n");
  const own = `    at order (file://${PACKAGE_ROOT}modules/orders.ts:3:5)`;
  const errorOf = (stack: string) => ({
    type: "Error",
    message: "no 7",
    stack: `Error: no 7\n${stack}`,
  });
  const partsOf = (error: object) =>
    fingerprint(
      recordOf(null, { error: { type: "Error", message: "no 7", ...error }, route: "/o" }),
      {
        root: PACKAGE_ROOT,
      },
    ).parts;
  const orderIn = "frame: order in modules/orders.ts";
  assertEquals(partsOf(errorOf(`${own}\n${ours}`)), ["type: Error", orderIn]);
  assertEquals(partsOf({ ...errorOf(`${own}\n${ours}`), cause: errorOf(`${ours}\n${own}`) }), [
    "type: Error",
    orderIn,
    "cause: Error",
    `cause ${orderIn}`,
  ]);
  // Where nothing else is left, the message tells.
  assertEquals(partsOf(errorOf(ours)), ["type: Error", "message: no <n>", "at: /o"]);
});

Deno.test("every file that answering a request goes through is known as this package's", async () => {
  const { stdout } = await runDeno(["info", "--json", "main.ts"], ROOT);
  const graph = JSON.parse(stdout).modules as GraphModule[];
  const root = `file://${encodeURI(PACKAGE_ROOT)}`;
  const reached = new Set(["main.ts", "logging/worker.ts", "modules/home.ts", "modules/errors.ts"]);
  for (const file of reached) {
    // The list of modules is where a service adds its own: they are not the package's.
    if (file === "modules/registry.ts") continue;
    const { dependencies = [] } = graph.find(({ specifier }) => specifier === root + file) ?? {};
    for (const { code, type } of dependencies) {
      const target = code?.specifier ?? type?.specifier ?? "";
      if (target.startsWith(root)) reached.add(target.slice(root.length));
    }
  }
  assert(reached.size > 100, `only ${reached.size} files were found`);
  // `/fail` stands for a module of a service's own: the board asks only whether it is there.
  reached.delete("modules/fail.ts");
  const unknown = [...reached].filter((file) => !isOfPackage(PACKAGE_ROOT + file));
  assertEquals(unknown, [], "add these to the lists in store/grouping/package_files.ts");
});

Deno.test("what varies in a message is masked, in the order that keeps masks whole", () => {
  const masked: [string, string][] = [
    ["mail ann+x@example.org failed", "mail <email> failed"],
    ["GET https://a.b/c?d=1 gave 502", "GET <url> gave <n>"],
    ["user 0190d6c1-7b1e-7cc3-98b4-0a1b2c3d4e5f", "user <uuid>"],
    ["10.0.0.7:5432 and fe80::1 refused", "<ip> and <ip> refused"],
    ["at 0xDEAD digest 9f86d081884c7d65", "at <hex> digest <hex>"],
    ["since 2026-11-05T10:11:12.123Z, 1,204 rows", "since <date>, <n> rows"],
    ["one\ntwo 2\nthree", "one\ntwo <n>"],
    ["std::vector at 12:30", "std::vector at <n>:<n>"],
  ];
  for (const [message, expected] of masked) assertEquals(maskMessage(message), expected);
});

Deno.test("what is logged without an Error is one error, at whatever level it is logged", () => {
  const { error: _, ...logged } = recordOf(null, { message: "the queue of 7 is full" });
  const at = (level: "ERROR" | "CRITICAL", n: number) =>
    fingerprint({ ...logged, level, message: `the queue of ${n} is full` }, { root: "/app" });
  assertEquals(at("CRITICAL", 8), { ...at("ERROR", 7), title: "the queue of 8 is full" });
});

Deno.test("any record has a group, and the same record the same one", () => {
  const info = fc.record({ type: fc.string(), message: fc.string(), stack: fc.string() });
  const property = fc.property(info, fc.anything(), fc.boolean(), (error, own, reported) => {
    const record = recordOf(null, {
      error,
      attrs: { fingerprint: own },
      ...(reported && { reported }),
    });
    const group = fingerprint(record, { root: "/app" });
    assertEquals(/^[0-9a-f]{32}$/.test(group.key), true);
    assertEquals(
      fingerprint({ ...record }, { root: "/app" }),
      group,
    );
  });
  fc.assert(property);
});

Deno.test("hostile messages of a megabyte are masked in bounded lines", () => {
  for (const unit of ["at ", "(", "a@", "1:", "0x", "a.a", "  at (\n", 'File "']) {
    maskMessage(unit.repeat(1_000_000 / unit.length));
  }
});
