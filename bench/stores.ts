/**
 * `deno task bench:stores`: how much the stores take, from one instance and from many. Everything runs on this machine: PostgreSQL comes
 * from the package that the tests use. A run of all parts writes `bench/stores.md`; one of some parts only prints. Three minutes.
 *
 * ```
 * deno task bench:stores [--only=batches,instance,clients,growth,crowd] [--seconds=3] [--before=FOLDER (another checkout)]
 * ```
 *
 * @module
 */
import { parseArgs } from "node:util";
import { fetchPrograms } from "../tests/helpers/postgres_programs.ts";
import { runBefore } from "./before.ts";
import { describeMachine } from "./machine.ts";
import { measureBatches } from "./stores/batches.ts";
import { measureClients } from "./stores/clients.ts";
import { measureCrowd } from "./stores/crowd.ts";
import { measureGrowth } from "./stores/growth.ts";
import { measureInstance } from "./stores/instance.ts";
import { startWorld, type World } from "./stores/world.ts";
import { figure } from "./table.ts";
import { readBusiness } from "./usage.ts";

const PARTS: Readonly<Record<string, (world: World) => Promise<string>>> = {
  batches: measureBatches,
  instance: measureInstance,
  clients: measureClients,
  growth: measureGrowth,
  crowd: measureCrowd,
};
const RESULTS = new URL("./stores.md", import.meta.url);
const QUIET_WINDOW_MS = 2_000;

if (import.meta.main) await main();

async function main(): Promise<void> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      only: { type: "string", default: Object.keys(PARTS).join(",") },
      seconds: { type: "string", default: "3" },
      before: { type: "string" },
    },
  });
  const parts = values.only.split(",");
  const unknown = parts.filter((part) => !(part in PARTS));
  const seconds = Number(values.seconds);
  if (unknown.length > 0 || !(seconds > 0)) {
    throw new Error(
      `--only knows ${Object.keys(PARTS).join(", ")}, --seconds is more than 0; ` +
        `it got ${values.only} and ${values.seconds}`,
    );
  }
  const missing = fetchPrograms();
  if (missing !== undefined) throw new Error(`There is no PostgreSQL to measure: ${missing}`);
  const othersCores = await measureOthers();
  const machine = describeMachine();
  const startedAt = new Date().toISOString();
  await using world = await startWorld(seconds);
  const [version] = await world.server.run("show server_version");
  const sections = [];
  for (const part of parts) {
    console.error(part);
    if (values.before !== undefined) {
      const args = [`--only=${part}`, `--seconds=${seconds}`];
      sections.push(await runBefore(values.before, { script: "stores.ts", args }));
    }
    sections.push(await PARTS[part]!(world));
  }
  const text = [
    "# Results of the stores' bench",
    "Written by the run; what it means stands in `docs/scale.md`.",
    [
      `- ${startedAt}: \`${["deno task bench:stores", ...Deno.args].join(" ")}\``,
      machine,
      `- PostgreSQL ${version!.server_version}, fsync on; clients and server on the same cores`,
      `- Before the run other programs took ${figure(othersCores, 2)} of the cores`,
    ].join("\n"),
    ...sections,
  ].join("\n\n") + "\n";
  console.log(text);
  if (parts.length === Object.keys(PARTS).length) Deno.writeTextFileSync(RESULTS, text);
}

/** Cores that other programs keep busy while this one does nothing. */
async function measureOthers(): Promise<number> {
  const before = readBusiness();
  await new Promise((resolve) => setTimeout(resolve, QUIET_WINDOW_MS));
  return (readBusiness().allUs - before.allUs) / (QUIET_WINDOW_MS * 1000);
}
