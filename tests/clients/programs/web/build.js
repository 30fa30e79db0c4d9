// Builds the shop as a team does: minified, with a hash in its name, its map uploaded. WITH says by what.
import { resolve } from "node:path";
import process from "node:process";
import { sentryEsbuildPlugin } from "@sentry/esbuild-plugin";
import { build } from "esbuild";

const { ENTRY, OUT, RELEASE, SENTRY_AUTH_TOKEN: authToken, SENTRY_URL: url, WITH } = process.env;
const plugin = { url, authToken, org: "acme", project: "web", telemetry: false };

await build({
  entryPoints: { shop: ENTRY },
  entryNames: "[name]-[hash]",
  bundle: true,
  minify: true,
  sourcemap: true,
  outdir: OUT,
  define: { RELEASE: JSON.stringify(RELEASE) },
  plugins: WITH === "plugin"
    ? [sentryEsbuildPlugin({ ...plugin, release: { name: RELEASE } })]
    : [],
});
console.log(`built ${resolve(OUT)}`);
