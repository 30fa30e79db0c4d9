import { assert, assertEquals } from "@std/assert";

/** One line of Prometheus text. */
export interface Sample {
  /** The metric's name. */
  name: string;
  /** Its labels. */
  labels: Record<string, string>;
  /** Its value. */
  value: number;
}

/** What {@linkcode readMetrics} found. */
export interface Metrics {
  /** In the order they stand. */
  samples: Sample[];
}

const HELP_OR_TYPE = /^# (?:HELP [a-z_]+ \S.*|TYPE [a-z_]+ (?:counter|gauge|histogram))$/;
const SAMPLE = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-z]+)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;

/** Reads Prometheus text (exposition format 0.0.4), and fails on any line that is none. */
export function readMetrics(text: string): Metrics {
  assertEquals(text.at(-1), "\n");
  const samples: Sample[] = [];
  const typed = new Set<string>();
  for (const line of text.slice(0, -1).split("\n")) {
    if (line.startsWith("#")) {
      assert(HELP_OR_TYPE.test(line), line);
      typed.add(line.split(" ")[2]!);
      continue;
    }
    const [, name = "", labels = "", value = ""] = SAMPLE.exec(line) ?? [];
    assert(typed.has(name.replace(/_(bucket|sum|count)$/, "")) || typed.has(name), line);
    assert(Number.isFinite(Number(value)), line);
    samples.push({ name, labels: readLabels(labels), value: Number(value) });
  }
  return { samples };
}

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const found = LABEL.exec(text);
    assert(found !== null, text);
    labels[found![1]!] = found![2]!;
  }
  return labels;
}
