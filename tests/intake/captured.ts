/**
 * Requests of real clients, unmodified and in their newest versions, captured on loopback. `clients/manifest.json` tells of each
 * who sent it and what is in it; the bodies are decoded.
 */
import type { Delivery, Protocol } from "../../intake/intake.ts";

const FOLDER = new URL("./clients/", import.meta.url);

export interface Captured {
  file: string;
  client: string;
  version: string;
  what: string;
  request: CapturedRequest;
  expect: Expected[];
  /** The same label, the same error. */
  group?: string;
}

export interface CapturedRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  content_encoding: string | null;
  /** Whether the client said how long the body is. */
  framing?: "chunked" | "content-length";
}

/** What is in an item, as a person read it. */
export interface Expected {
  item: string;
  event_id?: string;
  level?: string;
  kind?: string;
  type?: string;
  message?: string;
  handled?: boolean;
  own_frames?: { file?: string; function?: string; line?: number }[];
  chained?: { type: string; message: string }[];
  counts_as_error?: boolean;
  release?: string;
  environment?: string;
  server_name?: string;
  transaction?: string;
  fingerprint?: string[];
  template?: string;
  logger?: string;
  dist?: string;
  trace_id?: string;
  occurred_at?: number | string;
  user?: Record<string, unknown>;
  tags?: Record<string, unknown>;
  request?: { method: string | null; url: string; query: string | null };
  records?: { level: string; body: string }[];
  debug_ids?: string[];
}

/** One event of a known bug: `grouping-*.json`. */
export interface KnownBug {
  bug: string;
  release: string;
  request: CapturedRequest;
  body: string;
  expect: Expected;
}

/** All requests, in the manifest's order. */
export function captured(): Captured[] {
  return JSON.parse(Deno.readTextFileSync(new URL("manifest.json", FOLDER))).requests;
}

/** Those that Sentry's event routes take. */
export function capturedOfSentry(): Captured[] {
  return captured().filter(({ request }) => protocolOf(request) !== undefined);
}

export function bodyOf({ file }: Pick<Captured, "file">): Uint8Array<ArrayBuffer> {
  return Deno.readFileSync(new URL(file, FOLDER));
}

/** 48 events of 13 bugs, from two releases with shifted lines. */
export function knownBugs(client: "node11" | "go"): KnownBug[] {
  return JSON.parse(Deno.readTextFileSync(new URL(`grouping-${client}.json`, FOLDER))).events;
}

function protocolOf({ path }: CapturedRequest): Protocol | undefined {
  if (path === "/tunnel" || path.includes("/envelope/")) return "envelope";
  return path.includes("/store/") ? "store" : undefined;
}

/** The request as it reaches the decoder, on the day it was captured. */
export function deliveryOf(
  { file, request }: Pick<Captured, "file" | "request">,
  more: Partial<Delivery> = {},
): Delivery {
  return {
    protocol: protocolOf(request)!,
    body: bodyOf({ file }),
    contentType: request.headers["content-type"],
    otherwise: "1",
    receivedMs: sentMs(bodyOf({ file })),
    ...more,
  };
}

/** When the envelope says that it was sent; now, where it does not. */
export function sentMs(body: Uint8Array): number {
  const line = new TextDecoder().decode(body.subarray(0, 4_096)).split("\n", 1)[0]!;
  return Date.parse(/"sent_at":"([^"]+)"/.exec(line)?.[1] ?? "") || Date.now();
}
