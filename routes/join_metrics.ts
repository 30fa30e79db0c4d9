/**
 * The Prometheus texts of several processes as one.
 *
 * @module
 */
import type { PeerAnswer } from "./peers.ts";

/** A family's `HELP` and `TYPE`, and its samples. */
interface Family {
  head: string[];
  samples: string[];
}

/**
 * Every series gets a label `worker`, so that a process that was replaced is a counter that begins anew. One that is silent
 * has no series but `holdfast_process_up 0`.
 */
export function joinMetrics(answers: readonly (PeerAnswer & { value?: string })[]): string {
  const families = new Map<string, Family>();
  for (const { worker, value = "" } of answers) addTo(families, { worker, text: value });
  const lines = families.values().flatMap(({ head, samples }) => [...head, ...samples]);
  return [...lines, ...processLines(answers), ""].join("\n");
}

/** All lines of one family must stand together (exposition format 0.0.4). */
function addTo(
  families: Map<string, Family>,
  { worker, text }: { worker: number; text: string },
): void {
  let family: Family = { head: [], samples: [] };
  for (const line of text.split("\n").filter(Boolean)) {
    const [, name] = /^# HELP (\S+)/.exec(line) ?? [];
    if (name !== undefined) {
      family = families.getOrInsert(name, { head: [], samples: [] });
    }
    if (!line.startsWith("#")) family.samples.push(withLabel(line, `worker="${worker}"`));
    else if (!family.head.includes(line)) family.head.push(line);
  }
}

function withLabel(sample: string, label: string): string {
  const [, name = "", labels, rest = ""] = /^([a-z_]+)(?:\{(.*)\})?( \S+)$/.exec(sample) ?? [];
  return `${name}{${labels ? `${label},${labels}` : label}}${rest}`;
}

function* processLines(answers: readonly PeerAnswer[]): Generator<string> {
  yield "# HELP holdfast_process_up Whether the worker told its numbers in time.";
  yield "# TYPE holdfast_process_up gauge";
  for (const { worker, value } of answers) {
    yield `holdfast_process_up{worker="${worker}"} ${value === undefined ? 0 : 1}`;
  }
  yield "# HELP holdfast_process_replaced_total How often the worker's process was replaced.";
  yield "# TYPE holdfast_process_replaced_total counter";
  for (const { worker, replaced } of answers) {
    yield `holdfast_process_replaced_total{worker="${worker}"} ${replaced}`;
  }
}
