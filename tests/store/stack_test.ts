import { assertEquals } from "@std/assert";
import { MAX_STACK_CHARS } from "../../store/limits.ts";
import { PACKAGE_ROOT } from "../../store/grouping/package_files.ts";
import { type Frame, framesOf, parseStack } from "../../store/grouping/stack.ts";
import { keepStack } from "../../store/grouping/stack_text.ts";

/** `name file:line`, libraries in brackets. */
function shown(frames: readonly Frame[]): string[] {
  return frames.map(({ function: name, file, line, inApp }) => {
    const text = `${name} ${file}:${line}`;
    return inApp ? text : `[${text}]`;
  });
}

/** Stacks as the languages print them: what was read out of each, the nearest to the throw first. */
const REPORTED: Record<string, { stack: string; frames: string[] }> = {
  "a browser's": {
    stack: `TypeError: no
    at load (https://shop.example.org/assets/cart.js:3:5)
    at https://cdn.example.net/shop/main.js?v=7:1:90
    at t.use (https://esm.sh/react@19.1.0/index.mjs:1:1)
    at dispatch (chrome-extension://abcdef/content.js:1:1)`,
    frames: [
      "load https://shop.example.org/assets/cart.js:3",
      " https://cdn.example.net/shop/main.js?v=7:1",
      "[use https://esm.sh/react@19.1.0/index.mjs:1]",
      "[dispatch chrome-extension://abcdef/content.js:1]",
    ],
  },
  "Safari's": {
    stack: "load@https://shop.example.org/cart.js:3:5\n@https://shop.example.org/cart.js:9:1\n" +
      "[native code]",
    frames: [
      "load https://shop.example.org/cart.js:3",
      " https://shop.example.org/cart.js:9",
    ],
  },
  "V8's with parentheses in paths": {
    stack: `Error: no
    at Page (/app/(shop)/page.tsx:3:5)
    at async load (C:\\Program Files (x86)\\shop\\load.js:4:1)
    at /app/(shop)/(cart)/cart.ts:5:2
    at async file:///app/(shop)/layout.tsx:6:2
    at odd (/app/a)b/odd.ts:7:3)
    at new Promise (<anonymous>)
    at async Promise.all (index 0)
    at eval (eval at run (/app/x.js:8:5), <anonymous>:1:1)
    at use (/app/(shop)/node_modules/x/index.js:9:1)`,
    frames: [
      "Page /app/(shop)/page.tsx:3",
      "load C:/Program Files (x86)/shop/load.js:4",
      " /app/(shop)/(cart)/cart.ts:5",
      " /app/(shop)/layout.tsx:6",
      "odd /app/a)b/odd.ts:7",
      "[use /app/(shop)/node_modules/x/index.js:9]",
    ],
  },
  "V8's with Deno's npm packages and Windows folders": {
    stack: `Error: no
    at run (file:///C:/My%20Shop/%C3%BCber.ts:3:5)
    at a (C:\\My Shop\\node_modules\\x\\index.js:1:1)
    at b (file:///root/.cache/deno/npm/registry.npmjs.org/hono/4.13.19/dist/hono.js:1:1)
    at c (https://jsr.io/@std/assert/1.0.0/equals.ts:1:1)`,
    frames: [
      "run C:/My Shop/über.ts:3",
      "[a C:/My Shop/node_modules/x/index.js:1]",
      "[b /root/.cache/deno/npm/registry.npmjs.org/hono/4.13.19/dist/hono.js:1]",
      "[c https://jsr.io/@std/assert/1.0.0/equals.ts:1]",
    ],
  },
  "Java's and Kotlin's": {
    stack: `java.lang.IllegalStateException: no
\tat java.base/java.util.List.get(List.java:1)
\tat com.acme.Cart.add-IoAF18A(Cart.kt:42)
\tat com.acme.CartTest.adds an item(CartTest.kt:7) ~[shop-1.4.0.jar!/:1.4.0]
\tat app//com.acme.Order$Item.<init>(Order.java:9)
\tat kotlinx.coroutines.DispatchedTask.run(DispatchedTask.kt:1)
\tat jdk.internal.reflect.Native.invoke(Native Method)
\t... 3 more`,
    frames: [
      "[get java/util/List.java:1]",
      "add-IoAF18A com/acme/Cart.kt:42",
      "adds an item com/acme/CartTest.kt:7",
      " com/acme/Order.java:9",
      "[run kotlinx/coroutines/DispatchedTask.kt:1]",
    ],
  },
  "C#'s": {
    stack: `System.InvalidOperationException: no
   at System.Linq.Enumerable.First[TSource](IEnumerable\`1 source)
   at Acme.Cart.Add(String id) in C:\\src\\My Shop\\Cart.cs:line 42
   at Acme.Cart.<AddAsync>d__5.MoveNext() in /src/Cart.cs:line 50
--- End of stack trace from previous location ---
   at Acme.Orders.Store\`1.Save(T order)
   at Acme.Program.<Main>g__Run|0_1(String[] args)
   at Microsoft.AspNetCore.Routing.EndpointMiddleware.Invoke(HttpContext context)`,
    frames: [
      "[First System/Linq/Enumerable:0]",
      "Add C:/src/My Shop/Cart.cs:42",
      "AddAsync /src/Cart.cs:50",
      "Save Acme/Orders/Store:0",
      "Run Acme/Program:0",
      "[Invoke Microsoft/AspNetCore/Routing/EndpointMiddleware:0]",
    ],
  },
  "Python's with a cause": {
    stack: `Traceback (most recent call last):
  File "/srv/shop/price.py", line 3, in price
    return prices[sku]
           ~~~~~~^^^^^
KeyError: 'A-7'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/srv/shop/.venv/lib/python3.12/site-packages/flask/app.py", line 9, in wsgi_app
  File "C:\\Python312\\Lib\\asyncio\\runners.py", line 8, in run
  File "/srv/shop/cart.py", line 5, in Cart.add
    raise CartError("no price") from error
CartError: no price`,
    frames: [
      "add /srv/shop/cart.py:5",
      "[run C:/Python312/Lib/asyncio/runners.py:8]",
      "[wsgi_app /srv/shop/.venv/lib/python3.12/site-packages/flask/app.py:9]",
      "price /srv/shop/price.py:3",
    ],
  },
  "Python's with an ExceptionGroup": {
    stack: `  + Exception Group Traceback (most recent call last):
  |   File "/srv/shop/main.py", line 20, in <module>
  |     main()
  |   File "/srv/shop/main.py", line 12, in main
  |     raise ExceptionGroup("orders failed", failures)
  | ExceptionGroup: orders failed (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/srv/shop/orders.py", line 3, in charge
    |     raise ValueError("no card")
    | ValueError: no card
    +---------------- 2 ----------------
    | Traceback (most recent call last):
    |   File "/usr/lib/python3.12/json/decoder.py", line 9, in decode
    | JSONDecodeError: no
    +------------------------------------`,
    frames: [
      "main /srv/shop/main.py:12",
      " /srv/shop/main.py:20",
      "charge /srv/shop/orders.py:3",
      "[decode /usr/lib/python3.12/json/decoder.py:9]",
    ],
  },
  "Go's with generics and Windows paths": {
    stack: `panic: no

goroutine 1 [running]:
panic({0x4b5c60?, 0x4f1e70?})
\t/usr/local/go/src/runtime/panic.go:770 +0x132
main.Map[...](0xc000012345, {0x1, 0x2})
\tC:/srv/my shop/cart.go:3 +0x1d
main.(*List[...]).Add(...)
\t/go/src/acme/list.go:7
github.com/gin-gonic/gin.(*Context).Next(0x1)
\t/go/pkg/mod/github.com/gin-gonic/gin@v1.9.1/context.go:9 +0x2
net/http.(*conn).serve(0x1)
\tnet/http/server.go:9 +0x2
created by main.main in goroutine 1
\t/srv/shop/main.go:12 +0x2`,
    frames: [
      "[panic /usr/local/go/src/runtime/panic.go:770]",
      "Map C:/srv/my shop/cart.go:3",
      "Add /go/src/acme/list.go:7",
      "[Next /go/pkg/mod/github.com/gin-gonic/gin@v1.9.1/context.go:9]",
      "[serve net/http/server.go:9]",
    ],
  },
  "Go's of a panic that was recovered": {
    stack: `goroutine 1 [running]:
runtime/debug.Stack()
\t/usr/local/go/src/runtime/debug/stack.go:26 +0x5e
main.serve.func1()
\t/srv/shop/main.go:53 +0x237
panic({0xae01a0?, 0x119c5f0?})
\t/usr/local/go/src/runtime/panic.go:860 +0x13a
main.priceOf(...)
\t/srv/shop/main.go:21
main.serve(0x81f1121ecf0?)
\t/srv/shop/main.go:56 +0x108`,
    frames: [
      "[Stack /usr/local/go/src/runtime/debug/stack.go:26]",
      "[func1 /srv/shop/main.go:53]",
      "[panic /usr/local/go/src/runtime/panic.go:860]",
      "priceOf /srv/shop/main.go:21",
      "serve /srv/shop/main.go:56",
    ],
  },
  "Rust's": {
    stack: `thread 'main' panicked at src/cart.rs:3:9:
no
stack backtrace:
   0: rust_begin_unwind
             at /rustc/90b35a6239c3d8bdabc530a6a0816f7ff89a0aaf/library/std/src/panicking.rs:652:5
   1: core::option::unwrap_failed
             at /rustc/90b35a6239c3d8bdabc530a6a0816f7ff89a0aaf/library/core/src/option.rs:72:14
   2: <shop::cart::Cart as core::ops::arith::Add>::add
             at ./src/cart.rs:3:9
   3: shop::main::{{closure}}::h0123456789abcdef
   4: tokio::runtime::task::poll
             at /root/.cargo/registry/src/index.crates.io-1/tokio-1.40.0/src/task.rs:1:1
   5: core::ops::function::FnOnce::call_once
             at C:\\Users\\ann\\.rustup\\toolchains\\stable\\lib\\core\\function.rs:250:5
   6: __libc_start_main`,
    frames: [
      "[rust_begin_unwind /rustc/90b35a6239c3d8bdabc530a6a0816f7ff89a0aaf/library/std/src/panicking.rs:652]",
      "[unwrap_failed /rustc/90b35a6239c3d8bdabc530a6a0816f7ff89a0aaf/library/core/src/option.rs:72]",
      "add src/cart.rs:3",
      "main shop/main:0",
      "[poll /root/.cargo/registry/src/index.crates.io-1/tokio-1.40.0/src/task.rs:1]",
      "[call_once C:/Users/ann/.rustup/toolchains/stable/lib/core/function.rs:250]",
    ],
  },
  "Ruby's": {
    stack: `/srv/shop/cart.rb:3:in 'Cart#add': no (RuntimeError)
\tfrom /srv/shop/cart.rb:9:in 'block (2 levels) in Cart.load'
\tfrom /usr/lib/ruby/3.3.0/json/common.rb:219:in \`parse'
\tfrom /var/lib/gems/3.3.0/gems/rack-3.1.0/lib/rack.rb:5:in \`call'
\tfrom <internal:kernel>:187:in 'loop'
\tfrom /srv/shop/main.rb:1:in '<main>'`,
    frames: [
      "add /srv/shop/cart.rb:3",
      "load /srv/shop/cart.rb:9",
      "[parse /usr/lib/ruby/3.3.0/json/common.rb:219]",
      "[call /var/lib/gems/3.3.0/gems/rack-3.1.0/lib/rack.rb:5]",
      " /srv/shop/main.rb:1",
    ],
  },
  "PHP's": {
    stack: `PHP Fatal error:  Uncaught RuntimeException: no in /srv/shop/cart.php:3
Stack trace:
#0 /srv/shop/order (new).php(4): Cart->add('x (1)', Object(Item))
#1 [internal function]: App\\Order::{closure}(Array)
#2 /srv/shop/vendor/acme/http/kernel.php(9): array_map(Object(Closure), Array)
#3 {main}
  thrown in /srv/shop/cart.php on line 3`,
    frames: [
      "add /srv/shop/cart.php:3",
      " /srv/shop/order (new).php:4",
      "[ /srv/shop/vendor/acme/http/kernel.php:9]",
    ],
  },
};

for (const [whose, { stack, frames }] of Object.entries(REPORTED)) {
  Deno.test(`${whose} stack has its frames, own code told from libraries`, () => {
    assertEquals(shown(parseStack(stack)), frames);
  });
}

Deno.test("in our own process, code from elsewhere is a library's", () => {
  const stack = `Error: no
    at run (file:///srv/shop/cart.ts:3:5)
    at load (https://shop.example.org/load.js:1:1)
    at use (file:///srv/shared/use.ts:1:1)
    at dig (file:///srv/shop/node_modules/x/index.js:1:1)`;
  assertEquals(parseStack(stack, { root: "/srv/shop" }).map(({ inApp }) => inApp), [
    true,
    false,
    false,
    false,
  ]);
});

Deno.test("a folder with a space, an umlaut or a percent sign is the same folder in a stack", () => {
  for (const folder of ["/srv/my shop/", "/srv/müller/", "/srv/100%/", "/srv/100%25 sure/"]) {
    const address = `file://${encodeURI(folder)}`;
    const stack = `Error: x\n    at f (${address}a.ts:3:5)\n    at g (${folder}b.ts:4:5)`;
    for (const root of [folder, address]) {
      assertEquals(shown(parseStack(stack, { root })), [`f ${folder}a.ts:3`, `g ${folder}b.ts:4`]);
    }
  }
});

Deno.test("the frames of this package are a library's, those of a service's modules beside it are not", () => {
  const files = [
    ["modules/orders.ts", true],
    ["modules/fail.ts", true],
    ["shop/prices.ts", true],
    ["modules/run.ts", false],
    ["routes/exchange.ts", false],
    ["store/errors/keys.ts", false],
    ["main.ts", false],
  ] as const;
  const stackBelow = (root: string) =>
    `Error: x\n${files.map(([file]) => `    at f (file://${root}${file}:1:1)`).join("\n")}`;
  const expected = files.map(([, inApp]) => inApp);
  const here = parseStack(stackBelow(PACKAGE_ROOT), { root: PACKAGE_ROOT });
  assertEquals(here.map(({ inApp }) => inApp), expected);
  // As the package's folder was called when a record was spilled.
  const there = { root: "/old/", packageRoot: "/old/" };
  assertEquals(parseStack(stackBelow("/old/"), there).map(({ inApp }) => inApp), expected);
  // A service that imports the package has folders of its own with these names.
  const elsewhere = parseStack(stackBelow("/srv/shop/"), { root: "/srv/shop/" });
  assertEquals(elsewhere.every(({ inApp }) => inApp), true);
});

const FORGED = "x\n    at forged (file:///srv/shop/forged.ts:1:1)";
const REAL = "\n    at real (file:///srv/shop/real.ts:1:1)";

Deno.test("what a message says is no frame, however long it is and wherever it stands", () => {
  const long = `${"y".repeat(3_000)}${FORGED.slice(1)}`;
  const stacks: [string, string][] = [
    [`Error: ${FORGED}${REAL}`, FORGED],
    [`Error: ${long}${REAL}`, long],
    // The message was changed after the stack was made.
    [`Error: ${FORGED}${REAL}`, `Cannot load: ${FORGED} (twice)\n${FORGED}`],
    // An error without a name, and a message that begins with a line break.
    [`${FORGED}${REAL}`, FORGED],
    [`Error: ${FORGED.slice(1)}${REAL}`, FORGED.slice(1)],
    // A copy of the real frame in the message does not hide it.
    [`Error: x${REAL}${REAL}`, `x${REAL}`],
    [
      'Traceback (most recent call last):\n  File "/srv/shop/real.ts", line 1, in real\n' +
      'E: x\nTraceback (most recent call last):\n  File "/srv/shop/forged.py", line 1, in forged',
      'x\nTraceback (most recent call last):\n  File "/srv/shop/forged.py", line 1, in forged',
    ],
  ];
  for (const [stack, message] of stacks) {
    assertEquals(shown(framesOf({ stack, message }, {})), ["real /srv/shop/real.ts:1"], stack);
  }
});

Deno.test("of a long stack the frames nearest to the throw are kept, whatever the message's length", () => {
  const long = `${"x".repeat(20_000)}\n${FORGED}`;
  const v8 = keepStack(`Error: ${long}${REAL}`, long);
  assertEquals(v8.length <= MAX_STACK_CHARS, true);
  assertEquals(shown(parseStack(v8)), ["real /srv/shop/real.ts:1"]);
  // A recursion in Python: the throw is the last of a thousand lines.
  const calls = Array.from(
    { length: 1_000 },
    (_, n) => `  File "/srv/shop/walk.py", line ${n}, in walk`,
  );
  const python = keepStack(
    `Traceback (most recent call last):\n${calls.join("\n")}\nRecursionError: too deep`,
    "too deep",
  );
  assertEquals(python.length <= MAX_STACK_CHARS, true);
  assertEquals(shown(parseStack(python))[0], "walk /srv/shop/walk.py:999");
});

Deno.test("hostile stacks of a megabyte are parsed in bounded lines", () => {
  const units = [
    "at ",
    "(",
    "a@",
    "1:",
    "0x",
    "a.a",
    "  at (\n",
    'File "',
    "[",
    "in /a",
    "\t/a.go:1\n(((",
  ];
  for (
    const unit of [...units, "#0 /a(1): b(\n", " | ", "1: a::b\n", "at a.b[", "::<", "a.rb:1:in '"]
  ) {
    parseStack(unit.repeat(1_000_000 / unit.length));
  }
});
