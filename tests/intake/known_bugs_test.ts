import { assertEquals, assertNotEquals } from "@std/assert";
import { decode } from "../../intake/decode.ts";
import type { DecodedReport } from "../../intake/intake.ts";
import { fingerprint } from "../../store/grouping/fingerprint.ts";
import type { LogRecord } from "../../store/record.ts";
import { type KnownBug, knownBugs } from "./captured.ts";

const CLIENTS = { node11: "Node", go: "Go" } as const;

for (const [client, name] of Object.entries(CLIENTS)) {
  Deno.test(`13 known bugs in two releases of a ${name} shop are 13 errors`, async () => {
    const events = knownBugs(client as keyof typeof CLIENTS);
    const keys = await Promise.all(events.map(keyOf));
    const found = events.map(({ bug }, at) => ({ bug, key: keys[at]! }));
    assertEquals(Map.groupBy(found, ({ bug }) => bug).size, 13);
    assertEquals({ split: pairs(found, "bug", "key"), merged: pairs(found, "key", "bug") }, {
      split: [],
      merged: [],
    });
  });
}

Deno.test("a folder for each release makes no new error of a known bug", async () => {
  for (const client of Object.keys(CLIENTS) as (keyof typeof CLIENTS)[]) {
    const events = knownBugs(client).map((event) => ({ ...event, body: moved(event) }));
    const keys = await Promise.all(events.map(keyOf));
    const found = events.map(({ bug }, at) => ({ bug, key: keys[at]! }));
    assertEquals(pairs(found, "bug", "key"), []);
    assertEquals(pairs(found, "key", "bug"), []);
  }
});

/** The same event of a release that is installed in a folder of its own. */
function moved({ body, release }: KnownBug): string {
  const folder = release.endsWith("1.0.0") ? "/srv/releases/2026-11-01/" : "/opt/shop/blue/";
  const [header, item, ...payload] = body.replaceAll("/srv/shop/", folder).split("\n");
  // The client's length was that of the other folder.
  return [header, item!.replace(/,?"length":\d+/, ""), ...payload].join("\n");
}

Deno.test("messages made of one template are one error, whatever names are put into it", async () => {
  const keys = await Promise.all(["ada", "ben"].map(async (name) => {
    const logentry = { message: "user %s has no cart", params: [name] };
    const plain = { message: `user ${name} has no cart` };
    return [await keyOfEvent({ logentry }), await keyOfEvent(plain)];
  }));
  assertEquals(keys[0]![0], keys[1]![0]);
  assertNotEquals(keys[0]![1], keys[1]![1]);
});

function keyOfEvent(event: object): Promise<string> {
  return keyOf({ body: `{}\n{"type":"event"}\n${JSON.stringify(event)}`, bug: "a message" });
}

async function keyOf({ body, bug }: Pick<KnownBug, "body" | "bug">): Promise<string> {
  const { reports } = await decode({
    protocol: "envelope",
    body: new TextEncoder().encode(body),
    otherwise: "shop",
    receivedMs: Date.now(),
  });
  assertEquals(reports.length, 1, bug);
  return fingerprint(recordOf(reports[0]!), { root: "/srv/holdfast" }).key;
}

/** What grouping sees of it: records are made in the worker. */
function recordOf({ report }: DecodedReport): LogRecord {
  const { message = "" } = report;
  return { ...report, message, reported: true } as unknown as LogRecord;
}

/** Where the same of one has several of the other. */
function pairs(
  found: readonly { bug: string; key: string }[],
  by: "bug" | "key",
  other: "bug" | "key",
): string[][] {
  return [...Map.groupBy(found, (row) => row[by]).entries()]
    .map(([name, rows]) => [name, ...new Set(rows.map((row) => row[other]))])
    .filter((row) => row.length > 2);
}
