/**
 * What a bench ran on: figures mean nothing without.
 *
 * @module
 */
import { figure } from "./table.ts";

/** Markdown: processor, memory, system, Deno, and how busy the machine was before the run. */
export function describeMachine(): string {
  const cpu = /^model name\s*: (.+)$/m.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1];
  const [load] = Deno.loadavg();
  const megabytes = Math.round(Deno.systemMemoryInfo().total / 1024 / 1024);
  return [
    `- Machine: ${
      cpu ?? "unknown processor"
    }, ${navigator.hardwareConcurrency} cores, ${megabytes} MB,`,
    `  Linux ${Deno.osRelease()}; load average before the run ${figure(load, 2)}`,
    `- Deno ${Deno.version.deno} (V8 ${Deno.version.v8})`,
  ].join("\n");
}
