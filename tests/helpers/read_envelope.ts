import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Envelope } from "../../modules/envelope.ts";

/** What an answer is expected to be. */
export interface Expected {
  /** HTTP status. */
  status: number;
  /** The failure's `error_code`; an answer that is no failure where absent. */
  code?: string;
  /** A probe's finding: a 5xx without a receipt. Default false. */
  isFinding?: boolean;
}

const KEYS = [
  "content",
  "content_status",
  "error_code",
  "error_id",
  "errors",
  "request_id",
  "status",
];
const ERROR_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Reads an answer and checks every rule of the envelope that holds for all of them. */
export async function readEnvelope(response: Response, expected?: Expected): Promise<Envelope> {
  const text = await response.text();
  assertEquals(response.headers.get("content-type"), "application/json", text);
  const envelope = JSON.parse(text) as Envelope;
  checkForm(envelope, response, expected?.isFinding ?? false);
  if (expected !== undefined) {
    assertEquals(response.status, expected.status, text);
    assertEquals(envelope.error_code, expected.code, text);
  }
  return envelope;
}

function checkForm(envelope: Envelope, response: Response, isFinding: boolean): void {
  const shown = JSON.stringify(envelope);
  assertEquals(Object.keys(envelope).filter((key) => !KEYS.includes(key)), [], shown);
  assertEquals(envelope.status, response.status, shown);
  assertEquals(envelope.request_id, response.headers.get("x-request-id"), shown);
  assertMatch(envelope.request_id, /^[A-Za-z0-9_.-]{1,128}$/);
  assertEquals(response.headers.get("x-content-type-options"), "nosniff", shown);
  assertEquals(response.headers.get("cache-control"), "no-store", shown);
  assert("content" in envelope, shown);
  if (response.status < 400) {
    assertEquals(envelope.content_status, "return", shown);
    const { error_code, error_id, errors } = envelope;
    assertEquals([error_code, error_id, errors], [undefined, undefined, undefined], shown);
    return;
  }
  assertEquals(envelope.content_status, "error", shown);
  assertMatch(String(envelope.content), /^\[Error\] [A-Z][A-Za-z]+: \S/);
  assertMatch(String(envelope.error_code), /^\S[^]*$/);
  if (/^\[Error\] (?:Key|Value)Error: /.test(String(envelope.content))) {
    assertEquals(envelope.errors?.[0]?.code, envelope.error_code, shown);
  } else assertEquals(envelope.errors, undefined, shown);
  if (response.status >= 500 && !isFinding) assertMatch(String(envelope.error_id), ERROR_ID);
  else assertEquals(envelope.error_id, undefined, shown);
}
