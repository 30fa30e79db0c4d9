/**
 * `deno task bench`: what Holdfast costs, beside what people use today. Load goes to 127.0.0.1 alone, and every process that is
 * started is ended. A run of all parts writes `bench/results.md`; one of some parts only prints.
 *
 * ```
 * deno task bench [--only=servers,paces,bodies,failures,starts,endurance] [--rounds=3] [--seconds=2] [--seed=1]
 *                 [--before=FOLDER (another checkout, measured in the same rounds)]
 * ```
 *
 * @module
 */
import { parseArgs } from "node:util";
import type { Bench, Figures, Section } from "./cases.ts";
import { findLoadTool } from "./load.ts";
import { describeMachine } from "./machine.ts";
import { installPackages, packageVersions } from "./packages.ts";
import { measureBodies } from "./parts/bodies.ts";
import { measureEndurance } from "./parts/endurance.ts";
import { measureFailures } from "./parts/failures.ts";
import { measurePaces } from "./parts/paces.ts";
import { measureServers } from "./parts/servers.ts";
import { measureStarts } from "./parts/starts.ts";
import { randomFrom } from "./statistics.ts";
import { figure } from "./table.ts";
import { targetTable } from "./targets.ts";

const PARTS: Readonly<Record<string, (bench: Bench) => Promise<Section>>> = {
  servers: measureServers,
  paces: measurePaces,
  bodies: measureBodies,
  failures: measureFailures,
  starts: measureStarts,
  endurance: measureEndurance,
};
const RESULTS = new URL("./results.md", import.meta.url);
const MAX_SEED = 2 ** 31;

if (import.meta.main) await main();

async function main(): Promise<void> {
  const { parts, seed, ...flags } = readFlags();
  await installPackages();
  const { tool, version } = await findLoadTool();
  const bench: Bench = { tool, random: randomFrom(seed), ...flags };
  const machine = await describeBench(version);
  const sections: Section[] = [];
  for (const part of parts) sections.push(await PARTS[part]!(bench));
  const command = ["deno task bench", ...Deno.args, `(seed ${seed})`].join(" ");
  const text = report({ command, machine, sections });
  console.log(text);
  if (parts.length === Object.keys(PARTS).length) Deno.writeTextFileSync(RESULTS, text);
}

/** @throws {Error} naming the flag that is wrong. */
function readFlags(): {
  parts: string[];
  rounds: number;
  seconds: number;
  seed: number;
  before: string | undefined;
} {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      only: { type: "string", default: Object.keys(PARTS).join(",") },
      rounds: { type: "string", default: "3" },
      seconds: { type: "string", default: "2" },
      before: { type: "string" },
      seed: { type: "string", default: String(Math.floor(Math.random() * MAX_SEED)) },
    },
  });
  const parts = values.only.split(",");
  const unknown = parts.filter((part) => !(part in PARTS));
  if (unknown.length > 0) {
    throw new Error(`--only knows ${Object.keys(PARTS).join(", ")}; it got ${unknown.join(", ")}`);
  }
  const whole = (name: "rounds" | "seconds" | "seed") => {
    const number = Number(values[name]);
    if (Number.isInteger(number) && number > 0) return number;
    throw new Error(`--${name} must be a whole number from 1 on; it is ${values[name]}`);
  };
  return {
    parts,
    rounds: whole("rounds"),
    seconds: whole("seconds"),
    seed: whole("seed"),
    before: values.before && Deno.realPathSync(values.before),
  };
}

async function describeBench(loadTool: string): Promise<string> {
  const node = await new Deno.Command("node", { args: ["--version"] }).output();
  return [
    describeMachine(),
    `- Node ${new TextDecoder().decode(node.stdout).trim()}, ${packageVersions()}`,
    `- Load: ${loadTool}, on the same cores as the servers`,
  ].join("\n");
}

function report(
  { command, machine, sections }: { command: string; machine: string; sections: Section[] },
): string {
  const figures: Figures = Object.assign({}, ...sections.map((section) => section.figures));
  const { controlRatio, othersCores } = figures;
  const control = controlRatio === undefined ? "" : "\n" + [
    `- Control pair: A' / A = ${
      figure(controlRatio, 3)
    } (main thread); differences of that size are noise`,
    `- Other programs took ${figure(othersCores, 2)} of the cores meanwhile (median of the rounds)`,
  ].join("\n");
  return [
    "# Results of the bench",
    "Written by the run; what is measured, and how, stands in `docs/benchmarks.md`.",
    `- ${new Date().toISOString()}: \`${command}\`\n${machine}${control}`,
    ...(Object.keys(figures).length > 0 ? ["## Targets", targetTable(figures)] : []),
    ...sections.flatMap(({ title, text }) => [`## ${title}`, text]),
  ].join("\n\n") + "\n";
}
