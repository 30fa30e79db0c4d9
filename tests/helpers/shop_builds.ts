/**
 * Two builds of one small shop for browsers, minified by esbuild, and what really happens in them.
 *
 * @module
 */
import { runInThisContext } from "node:vm";
import builds from "../intake/shop_builds.json" with { type: "json" };
import type { DecodedReport } from "../../intake/intake.ts";
import type { RecordedFrame } from "../../store/record.ts";

/** Releases of the shop; names and lines of the minified code differ. */
export type Build = keyof typeof builds;

/** Where the builds' files are loaded from. */
const ASSETS = "https://shop.example.org/assets/";

/** Their debug ids. */
export const DEBUG_IDS: Record<Build, string> = {
  "5.0.0": "d698038d-9f18-56b4-9975-4004b39cbabb",
  "5.1.0": "48928895-3e14-5561-a7d8-d8a300241081",
};

export function codeOf(build: Build): string {
  return builds[build].code;
}

export function mapOf(build: Build): Record<string, unknown> {
  return structuredClone(builds[build].map);
}

export function bytesOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
}

interface Shop {
  buy(): void;
  buyNothing(): void;
  total(): void;
  buyAll(skus: string[]): void;
}

/** Runs a build's minified code, lets the shop fail, and gives what the browser's client would report. */
export function failIn(build: Build, fail: (shop: Shop) => void): DecodedReport {
  const file = ASSETS + builds[build].file;
  try {
    runInThisContext(builds[build].code, { filename: file });
    fail((globalThis as { shop?: Shop }).shop!);
  } catch (thrown) {
    const error = errorOf(thrown as Error, file);
    return {
      report: { svc_name: "shop", level: "ERROR", release: build, error },
      debugIds: { [file]: DEBUG_IDS[build] },
    };
  }
  throw new Error("the shop did not fail");
}

function errorOf(error: Error, file: string): NonNullable<DecodedReport["report"]["error"]> {
  return {
    type: error.name,
    message: error.message,
    frames: framesOf(error, file),
    ...(error.cause instanceof Error && { cause: errorOf(error.cause, file) }),
  };
}

/** Frames of the build, with what the engine puts between them. */
function framesOf({ stack }: Error, file: string): RecordedFrame[] {
  const lines = stack!.split("\n").filter((line) => line.startsWith("    at "));
  const last = lines.findLastIndex((line) => line.includes(file));
  return lines.slice(0, last + 1).map((line) => {
    const [, name, where, row, column] = /^ {4}at (?:(.*?) \()?(.*?)(?::(\d+):(\d+))?\)?$/.exec(
      line,
    )!;
    return {
      function: name ?? "?",
      file: where!,
      in_app: true,
      ...(row !== undefined && { line: Number(row), column: Number(column) }),
    };
  });
}
