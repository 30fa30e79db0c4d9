import { assertEquals, assertNotEquals } from "@std/assert";
import { fingerprint } from "../../store/grouping/fingerprint.ts";
import { fileInEveryRelease, recordedFrames } from "../../store/grouping/recorded_frames.ts";
import type { ErrorInfo, LogRecord, RecordedFrame } from "../../store/record.ts";

function recordOf(error: Partial<ErrorInfo>, more: Partial<LogRecord> = {}): LogRecord {
  return {
    time: "2026-11-05T10:00:00.000Z",
    level: "ERROR",
    severity: 40,
    svc_name: "shop",
    message: "failed",
    boot_id: "b",
    seq: 1,
    instance: "i",
    reported: true,
    error: { type: "TypeError", message: "no price", ...error },
    ...more,
  };
}

function groupOf(error: Partial<ErrorInfo>, more: Partial<LogRecord> = {}) {
  return fingerprint(recordOf(error, more), { root: "/app" });
}

/** `name file`, libraries in brackets. */
function shown(frames: RecordedFrame[]): string[] {
  return recordedFrames(frames).map(({ function: name, file, inApp }) =>
    inApp ? `${name} ${file}` : `[${name} ${file}]`
  );
}

Deno.test("a library's frame is never the service's own, whatever the client says", () => {
  const file = "/home/app/.cache/deno/npm/npm.example.org/hono/4.13.19/dist/compose.js";
  assertEquals(
    shown([
      { function: "priceOf", file: "app:///prices.ts", in_app: true },
      { function: "dispatch", file, in_app: true },
      { function: "Array.map", file: "<anonymous>", in_app: true },
      { function: "Array.map", file: "", in_app: true },
      { function: "main.func3", module: "main", file: "/go/pkg/mod/a/b@v0.5.0/h.go", in_app: true },
      { function: "sentry_panic::panic_handler::{{closure}}", in_app: true },
      { function: "__rustc::rust_begin_unwind", file: "panicking.rs", in_app: true },
      { function: "<i64 as core::iter::traits::accum::Sum>::sum", file: "accum.rs", in_app: true },
      { function: "<unknown>", in_app: true },
      { function: "shop::price_of::{{closure}}", file: "main.rs", in_app: true },
      { function: "run", file: "src/run.ts", in_app: false },
    ]),
    [
      "priceOf app:///prices.ts",
      `[dispatch ${file}]`,
      "[map <anonymous>]",
      "[map ]",
      "[main.func3 /go/pkg/mod/a/b@v0.5.0/h.go]",
      "[panic_handler sentry_panic/panic_handler]",
      "[rust_begin_unwind panicking.rs]",
      "[sum accum.rs]",
      "[ ]",
      "price_of main.rs",
      "[run src/run.ts]",
    ],
  );
});

Deno.test("a client that marks its own frames means by no mark that it is a library's", () => {
  const decode = { function: "decode", module: "json.decoder", file: "json/decoder.py" };
  const load = { function: "load_price", module: "prices", file: "prices.py" };
  assertEquals(shown([decode, { ...load, in_app: true }]), [
    "[decode json/decoder.py]",
    "load_price prices.py",
  ]);
  // Without any mark our own rule decides.
  assertEquals(
    shown([
      { function: "parseInt", module: "java.lang.Integer", file: "Integer.java" },
      { function: "lambda$main$3", module: "shop.Main", file: "Main.java" },
      { function: "run", module: "com.acme.Job$Step" },
    ]),
    ["[parseInt java/lang/Integer.java]", "lambda$main shop/Main.java", "run com/acme/Job"],
  );
  // A class that is a library's by its name, in the service that is this library.
  const own = { function: "go", module: "org.apache.shop.Main", file: "Main.java", in_app: true };
  assertEquals(shown([own]), ["go org/apache/shop/Main.java"]);
});

Deno.test("functions have the last part of their name, and none where the client has none", () => {
  const names: Record<string, string> = {
    "?": "",
    "<anonymous>": "",
    "<lambda>": "",
    "<module>": "",
    "null.<anonymous>": "",
    "Object.<anonymous>": "",
    "{closure}": "",
    "Acme\\Cart::{closure}": "",
    "{closure:Acme\\Cart::add():42}": "",
    "Timeout.later [as _onTimeout]": "later",
    "async Home.#find": "#find",
    "new Cart": "Cart",
    "Cart.add.<locals>.inner": "inner",
    "block in Cart#add": "add",
    "<AddAsync>d__5.MoveNext": "AddAsync",
    "shop::cart::Cart<T>::add": "add",
  };
  for (const [name, expected] of Object.entries(names)) {
    const [frame] = recordedFrames([{ function: name, file: "cart", in_app: true }]);
    assertEquals(frame?.function, expected, name);
  }
});

Deno.test("Go's closures are told by their line where it came along: their numbers shift", () => {
  const frame = { module: "main", file: "/srv/shop/main.go", in_app: true };
  const [named] = recordedFrames([{ ...frame, function: "main.func12.1" }]);
  assertEquals(named?.function, "main.func12.1");
  const line = "\treturn priceOf(cart)";
  const keys = ["main.func12.1", "main.func13.1"].map((name) =>
    groupOf({ frames: [{ ...frame, function: name, context_line: line }] }).key
  );
  assertEquals(keys[0], keys[1]);
});

Deno.test("functions without a name are told apart by their source lines", () => {
  const keyOf = (context_line: string, line: number) =>
    groupOf({
      frames: [{ function: "?", file: "/srv/shop/routes.js", line, in_app: true, context_line }],
    }).key;
  const cart = '  on("GET", "/cart/:id", () => priceOf());';
  assertEquals(keyOf(cart, 4), keyOf(`  ${cart}`, 90), "the line moved and was indented");
  assertNotEquals(keyOf(cart, 4), keyOf('  on("GET", "/order/:id", () => priceOf());', 4));
});

Deno.test("a folder for each release splits no error", () => {
  const releases: Record<string, [RecordedFrame, RecordedFrame]> = {
    "Node, the module below the folder": [
      { file: "/srv/blue/src/cart.js", module: "src:cart" },
      { file: "/srv/green/src/cart.js", module: "src:cart" },
    ],
    "Node on Windows": [
      { file: "C:\\shop\\blue\\cart.mjs", module: "cart" },
      { file: "D:\\shop\\green\\cart.mjs", module: "cart" },
    ],
    "Go": [
      { file: "/srv/blue/cart/cart.go", module: "shop/cart" },
      { file: "/srv/green/cart/cart.go", module: "shop/cart" },
    ],
    "Python's program": [
      { file: "/srv/blue/app.py", module: "__main__" },
      { file: "/srv/green/app.py", module: "__main__" },
    ],
    "a date, without a module": [
      { file: "/srv/releases/2026-11-01/cart.js" },
      { file: "/srv/releases/2026-11-28/cart.js" },
    ],
    "a version": [{ file: "/srv/shop-1.4.0/cart.rb" }, { file: "/srv/shop-1.5.0/cart.rb" }],
    "the release's own name": [
      { file: "/srv/shop/autumn/cart.php" },
      { file: "/srv/shop/winter/cart.php" },
    ],
    "two hosts of a page": [
      { file: "https://shop.example.org/assets/cart-LXI7IERP.js" },
      { file: "https://eu.example.org/assets/cart-NUC4ZIU2.js" },
    ],
    "a bundler's address": [
      { file: "webpack:///./src/cart.ts" },
      { file: "webpack-internal:///(rsc)/./src/cart.ts" },
    ],
  };
  for (const [name, [before, after]] of Object.entries(releases)) {
    const [one, other] = [[before, "shop@autumn"], [after, "shop@winter"]] as const;
    const key = ([frame, release]: typeof one | typeof other) =>
      groupOf({ frames: [{ ...frame, function: "add", in_app: true }] }, { release });
    assertEquals(key(one).parts, key(other).parts, name);
    assertEquals(key(one).rule, "frames");
  }
});

Deno.test("files of one name in two folders stay two", () => {
  assertEquals(
    fileInEveryRelease({ file: "/srv/shop/src/cart/index.js", module: "src.cart:index" }),
    "src/cart/index.js",
  );
  assertEquals(
    fileInEveryRelease({ file: "/srv/shop/src/cart/index.js", module: "other:index" }),
    "/srv/shop/src/cart/index.js",
    "a module that is not the end of the path says nothing",
  );
  assertEquals(fileInEveryRelease({ file: "shop/cart.py", module: "shop.cart" }), "shop/cart.py");
});

Deno.test("a text that was thrown has frames of libraries alone: its message is its group", () => {
  const frames = [{ function: "capture", file: "/srv/node_modules/a/b.js", in_app: false }];
  const [one, two] = ["order 4711 failed", "order 4712 failed"].map((message) =>
    groupOf({ type: "Error", message, frames }, { route: "GET /text/:id" })
  );
  assertEquals(one?.rule, "message");
  assertEquals(one?.key, two?.key);
});

Deno.test("{{ default }} in the caller's list stands for what the rule makes without it", () => {
  const frames = [{ function: "add", file: "src/cart.ts", in_app: true }];
  const of = (fingerprint: unknown) => groupOf({ frames }, { attrs: { fingerprint } });
  const usual = of(undefined);
  assertEquals(of([]), usual);
  assertEquals(of(["{{ default }}"]), usual);
  assertEquals(of(["{{default}}"]), usual);
  assertEquals(of("{{ default }}"), usual);
  assertEquals(of(["{{ default }}", "tenant-a"]).parts, [...usual.parts, "caller: tenant-a"]);
  assertEquals(of(["{{ default }}", "tenant-a"]).rule, "caller");
  assertNotEquals(of(["{{ default }}", "a"]).key, of(["{{ default }}", "b"]).key);
  assertEquals(of(["import"]).parts, ["service: shop", "caller: import"]);
});
