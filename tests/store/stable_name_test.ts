import { assertEquals } from "@std/assert";
import { stableName } from "../../store/grouping/stable_name.ts";

/** Names of the same file in two builds or releases, and what it is called in all of them. */
const SAME: [string, string, string][] = [
  // webpack, esbuild, Vite, Rollup, Parcel, Next, Nuxt, SvelteKit, Astro
  ["main.4f1e9a02.js", "main.90ab12cd.js", "main.js"],
  [
    "static/js/787.4f1e9a02b7.chunk.js",
    "static/js/787.0c1d2e3f4a.chunk.js",
    "static/js/787.chunk.js",
  ],
  ["js/main.4f1e9a02b7c3d4e5f6a7.js", "js/main.d41d8cd98f00b204e980.js", "js/main.js"],
  ["dist/chunk-PZ5AY32C.js", "dist/chunk-ABCDEFGH.js", "dist/chunk.js"],
  ["assets/index-DiwrgTda.js", "assets/index-B3k_9xQz.js", "assets/index.js"],
  ["assets/Cart-B-x3_9aZ.js", "assets/Cart-C6UZv9W1.js", "assets/Cart.js"],
  ["dist/home-BxK3_9aZ.mjs", "dist/home-90ab12cd.mjs", "dist/home.mjs"],
  [
    "_next/static/chunks/4bd1b696-182b6b13bdad92e3.js",
    "_next/static/chunks/0c1d2e3f-90ab12cd90ab12cd.js",
    "_next/static/chunks/*.js",
  ],
  [
    "_next/static/chunks/app/[id]/page-4f1e9a02b7c3d4e5.js",
    "_next/static/chunks/app/[id]/page-0c1d2e3f4a5b6c7d.js",
    "_next/static/chunks/app/[id]/page.js",
  ],
  [
    "_next/static/vHNcd1vpLpP5UzNdrX4eD/x.js",
    "_next/static/q3-8sWk_aZ71bQvYtRe0M/x.js",
    "_next/static/x.js",
  ],
  ["_nuxt/DiwrgTda.js", "_nuxt/C6UZv9W1.js", "_nuxt/*.js"],
  [
    "_app/immutable/nodes/2.BxK3_9aZ.js",
    "_app/immutable/nodes/2.DiwrgTda.js",
    "_app/immutable/nodes/2.js",
  ],
  ["app.min.4f1e9a02.js", "app.min.90ab12cd.js", "app.min.js"],
  // queries, origins, pages
  [
    "https://shop.example.org/main.js?v=17",
    "https://shop-pr-12.example.net/main.js?v=18#x",
    "/main.js",
  ],
  [
    "blob:https://a.org/0190d6c1-7b1e-7cc3-98b4-0a1b2c3d4e5f",
    "blob:https://a.org/0190d6c2-7b1e-7cc3-98b4-0a1b2c3d4e5f",
    "/*",
  ],
  ["https://a.org/cart/7", "https://a.org/cart/8", "/cart/*"],
  // releases
  [
    "/srv/shop/releases/20261127103000/src/cart.ts",
    "/srv/shop/releases/20261128090000/src/cart.ts",
    "/srv/shop/releases/src/cart.ts",
  ],
  ["/srv/shop/releases/41/cart.ts", "/srv/shop/releases/42/cart.ts", "/srv/shop/releases/cart.ts"],
  ["/srv/shop-1.4.0/cart.rb", "/srv/shop-1.5.0-rc.2/cart.rb", "/srv/shop/cart.rb"],
  ["/srv/shop/v1.4.0/cart.php", "/srv/shop/v1.4.1/cart.php", "/srv/shop/cart.php"],
  ["/srv/2026-11-27T10-30-00Z/cart.py", "/srv/2026-11-28T09-00-00Z/cart.py", "/srv/cart.py"],
  ["/srv/shop_2026_11_27/cart.py", "/srv/shop_2026_11_28/cart.py", "/srv/shop/cart.py"],
  ["/srv/2026/11/27/cart.go", "/srv/2026/12/01/cart.go", "/srv/cart.go"],
  ["/srv/1764239400/cart.go", "/srv/1764325800123/cart.go", "/srv/cart.go"],
  ["/srv/app-4f1e9a02/cart.ts", "/srv/app-0c1d2e3/cart.ts", "/srv/app/cart.ts"],
  [
    "/srv/4f1e9a02b7c3d4e5f6a74f1e9a02b7c3d4e5f6a7/a.ts",
    "/srv/d41d8cd98f00b204e9800998ecf8427ed41d8cd9/a.ts",
    "/srv/a.ts",
  ],
  [
    "/run/0190d6c1-7b1e-7cc3-98b4-0a1b2c3d4e5f/a.ts",
    "/run/0190d6c2-7b1e-7cc3-98b4-0a1b2c3d4e5f/a.ts",
    "/run/a.ts",
  ],
  ["dist/app-1.4.0.js", "dist/app-1.4.1.js", "dist/app.js"],
  ["dist/app.20261127.js", "dist/app.20261128.js", "dist/app.js"],
];

Deno.test("a file has one name in every build and every release", () => {
  for (const [one, other, expected] of SAME) {
    assertEquals([stableName(one), stableName(other)], [expected, expected], `${one} ${other}`);
  }
});

Deno.test("names that people gave stay", () => {
  const names = [
    "modules/user-settings.ts",
    "modules/user-checkout.ts",
    "src/to-base64url.js",
    "src/oauth2.js",
    "src/utf8-to-utf16.ts",
    "src/UserMenu.tsx",
    "src/order-UserMenu.ts",
    "src/my-user-menu.js",
    "src/CONSTANTS.js",
    "assets/Checkout-page.js",
    "src/a-old-file.js",
    "src/api/v2/orders.ts",
    "src/deadline.ts",
    "src/facade.js",
    "src/step-2/of-3.ts",
    "src/2026/plans.ts",
    "src/report-2026.ts",
    "src/(shop)/[id]/page.tsx",
    "com/acme/Cart.kt",
    "/app/main.py",
    "/srv/shop/lib/python3.12/a.py",
    "webpack-internal:///(rsc)/./app/page.tsx",
    "src/releases/list.ts",
    "",
  ];
  for (const name of names) assertEquals(stableName(name), name);
});

Deno.test("hostile names are read in bounded time", () => {
  for (const unit of ["a-", "1.", "-1.0", "/2026/11/27", "20261127", "aA1", "releases/1/", "?"]) {
    stableName(unit.repeat(1024 / unit.length));
  }
});
