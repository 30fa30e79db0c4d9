import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { alertUrls } from "../../config/alert_urls.ts";
import { type AlertMessage, messageOf, testMessage } from "../../logging/receivers/message.ts";
import { type Outcome, receiverOf, type Sending } from "../../logging/receivers/receiver.ts";
import { ALERT_FORMATS, type AlertFormat } from "../../store/alert_target.ts";
import { openStore } from "../../store/open.ts";
import type { Alert, Entry } from "../../store/store.ts";
import { type AlertService, startService } from "../helpers/alert_services.ts";
import { Source, times } from "../store/entries.ts";

const FORMATS = ALERT_FORMATS.filter((format) => format !== "mail");
const BOARD_URL = "https://errors.example/board";

/** All that chats, mail programs and browsers make something of. */
const HOSTILE =
  "<!channel> @here @everyone <@U1> [a](https://evil.example) **b** `c` <a href=x>d</a>" +
  " ~~e~~ {{DATE(2017-02-14T06:00:00Z)}} &lt; www.evil.example\r\nBcc: all@evil.example \u202e";

for (const format of FORMATS) {
  Deno.test(`${format}: an alert, a summary and a test message are what the service takes`, async () => {
    await using service = startService(format);
    const sendings = [
      await sendingOf([failure()]),
      await sendingOf(times(15, (i) => failure(`key ${i}`))),
      { message: testMessage({ id: "1", service: "shop", boardUrl: undefined }) },
    ];
    for (const sending of sendings) {
      assertEquals([(await send(service, sending)).kind, service.refused], ["sent", []]);
    }
    const [alert, summary, test] = service.taken.map((message) => JSON.stringify(message));
    for (
      const word of ["New error", "PriceError: no price", "shop", "1.4.0", "production", "priceOf"]
    ) {
      const isShown = format !== "json" || !["production", "priceOf"].includes(word);
      if (isShown) assertStringIncludes(alert!, word);
    }
    assertMatch(alert!, /https:\/\/errors\.example\/board\/errors\/[\w-]{36}/);
    if (format !== "json") assertMatch(alert!.replaceAll("\u2060", ""), /src\/cart\.ts:12/);
    assertStringIncludes(summary!, "15 alerts at once");
    assertStringIncludes(summary!, BOARD_URL);
    assertStringIncludes(test!, "Test message");
  });

  Deno.test(`${format}: what strangers wrote is shown, and does nothing`, async () => {
    await using service = startService(format);
    for (const long of ["", "&<>\"'`".repeat(2_000), "\u{1f4a5}".repeat(2_000)]) {
      const hostile = HOSTILE + long;
      const failing = failure("k", {
        svc_name: hostile,
        release: hostile,
        environment: hostile,
        error: { type: hostile, message: hostile },
      });
      for (
        const entries of [
          [failing],
          times(15, (i) => failure(`${hostile} ${i}`, failing.record)),
        ]
      ) {
        const outcome = await send(service, await sendingOf(entries));
        assertEquals([outcome.kind, service.refused], ["sent", []]);
      }
    }
    for (const message of service.taken) {
      // A program that reads JSON gets the error as it is.
      const shown = format === "json"
        ? message.text
        : format === "teams"
        ? message.attachments[0].content.body
        : message;
      for (const said of textsOf(shown)) {
        assertHarmless(format, said);
      }
    }
  });
}

Deno.test("an answer of 200 with an error inside is a failure, with the receiver's own words", async () => {
  const cases: [AlertFormat, Response, RegExp][] = [
    ["slack", new Response("invalid_blocks"), /200 with an error inside: invalid_blocks$/],
    ["mattermost", new Response("<html>log in</html>"), /200 with an error inside: <html>/],
    [
      "teams",
      new Response(
        "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429",
      ),
      /inside: Webhook message delivery failed/,
    ],
    [
      "teams",
      Response.json({ error: { code: "Bad", message: "no such flow" } }),
      /inside: no such flow$/,
    ],
    [
      "telegram",
      Response.json({ ok: false, error_code: 400, description: "Bad Request: chat not found" }),
      /inside: Bad Request: chat not found$/,
    ],
    [
      "discord",
      Response.json({ code: 10015, message: "Unknown Webhook" }),
      /inside: Unknown Webhook$/,
    ],
    ["ntfy", Response.json({ code: 40301, error: "forbidden" }), /inside: forbidden$/],
  ];
  for (const [format, answer, why] of cases) {
    await using service = startService(format as Exclude<AlertFormat, "mail">);
    service.answer = () => answer;
    const outcome = await send(service, await sendingOf([failure()]));
    assertEquals(outcome.kind, "failed", format);
    assertMatch((outcome as { why: string }).why, why);
  }
});

Deno.test("a receiver says how long it wants to be left alone: in a header or in its answer", async () => {
  const busy = { status: 429 };
  const cases: [AlertFormat, Response, number][] = [
    ["slack", new Response("rate_limited", { ...busy, headers: { "retry-after": "30" } }), 30_000],
    [
      "discord",
      Response.json({ message: "You are being rate limited.", retry_after: 1.5 }, busy),
      1_500,
    ],
    [
      "telegram",
      Response.json({
        ok: false,
        description: "Too Many Requests",
        parameters: { retry_after: 35 },
      }, busy),
      35_000,
    ],
  ];
  for (const [format, answer, pauseMs] of cases) {
    await using service = startService(format as Exclude<AlertFormat, "mail">);
    service.answer = () => answer;
    const outcome = await send(service, await sendingOf([failure()]));
    assertEquals([outcome.kind, (outcome as { pauseMs?: number }).pauseMs], ["failed", pauseMs]);
  }
});

Deno.test("a receiver's words stand in the warning on one line, cut, and without the address's secrets", async () => {
  for (const format of FORMATS) {
    await using service = startService(format);
    service.answer = () =>
      new Response(`no xoxSecret here\r\n${service.url} ${"x".repeat(9_999)}`, { status: 404 });
    const outcome = await send(service, await sendingOf([failure()]));
    assertEquals(outcome.kind, "refused");
    assertEquals((outcome as { why: string }).why, "it answered 404: no [redacted] here");
  }
});

Deno.test("an alert says how much an error rises, and what proves a fix", async () => {
  const { due } = await sendingOf([failure()]);
  const [{ error }] = due!.alerts as [Alert];
  const surroundings = { boardUrl: undefined, root: undefined };
  const rising = messageOf({
    ...due!,
    alerts: [{ kind: "rising", error }],
    rise: { count: 40, usual: 4 },
  }, surroundings);
  assertEquals([rising.title, rising.url], ["Error is rising", undefined]);
  assertEquals(valueOf(rising, "This hour"), "40 times, usually 4 or fewer");
  const proof = { requests: 100, failures: 0, since: error.first_seen };
  const fixed = { ...error, state: "resolved" as const, resolved_in: "1.5.0", proof };
  const proved = messageOf({ ...due!, alerts: [{ kind: "proved", error: fixed }] }, surroundings);
  assertEquals(proved.title, "Fixed and proved");
  assertEquals(valueOf(proved, "Fixed in"), "1.5.0");
  assertEquals(valueOf(proved, "Proof"), "100 answers, 0 failures of it");
});

Deno.test("a token in an address is sent as basic authorization", async () => {
  await using service = startService("ntfy");
  const url = service.url.replace("://", "://:tk_token@");
  assertEquals((await sendTo(url, await sendingOf([failure()]))).kind, "sent");
  assertEquals(service.refused, []);
});

function valueOf({ facts }: AlertMessage, name: string): string | undefined {
  return facts.find((fact) => fact.name === name)?.value;
}

/** What a failure of the shop looks like. */
function failure(key = "a", parts: Partial<Entry["record"]> = {}): Entry {
  const { svc_name = "shop", release = "1.4.0", environment = "production", error } = parts;
  const type = error?.type ?? "PriceError";
  const message = error?.message ?? "no price";
  return new Source().failure(key, {
    svc_name,
    release,
    environment,
    user: { id: "ada" },
    error: {
      type,
      message,
      stack: `${type}: ${message}\n    at priceOf (/srv/shop/src/cart.ts:12:3)\n` +
        "    at Module.run (/srv/shop/node_modules/lib/index.js:1:1)",
    },
  }, { type });
}

/** The message that a store gives after these failures. */
async function sendingOf(entries: readonly Entry[]): Promise<Sending> {
  const store = await openStore("memory:");
  try {
    await store.write(entries);
    const now = Date.now();
    await store.noteReceivers([{ key: "r", filters: [{ service: "", minSeverity: 0 }] }], { now });
    const { due } = await store.takeAlert({ now: now + 1_000, receiver: "r" });
    return { message: messageOf(due!, { boardUrl: BOARD_URL, root: "/srv/shop/" }), due: due! };
  } finally {
    await store.close();
  }
}

function send(service: AlertService, sending: Sending): Promise<Outcome> {
  return sendTo(service.url, sending);
}

function sendTo(url: string, sending: Sending): Promise<Outcome> {
  const [target] = alertUrls("ALERT_URLS")(url);
  return receiverOf(target!).send(sending, { signal: new AbortController().signal });
}

/** All texts of a message, but for the links of our own. */
function textsOf(value: unknown): string[] {
  if (typeof value === "string") return value.startsWith(BOARD_URL) ? [] : [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsOf);
}

/** What the service would do with the text: each has its own language. */
function assertHarmless(format: AlertFormat, said: string): void {
  // deno-lint-ignore no-control-regex -- a line of ours ends in a line feed
  assert(!/[\r\u0000-\u0009\u202e]/.test(said), said);
  const bare = said.replace(/`[^`]*`|<code>[^<]*<\/code>/g, "").replaceAll(BOARD_URL, "");
  const own = format === "slack"
    ? /<(?!\/errors|\|)/
    : format === "telegram"
    ? /<(?!\/?b>|a href|\/a>)/
    : /</;
  if (format === "teams") {
    // Text runs show tags as they are.
    assert(!/:\/\/|@[a-z]|[a-z]\.[a-z]|\{\{/i.test(bare), said);
  } else if (format === "ntfy") {
    assert(!/:\/\/|@[a-z]|[a-z]\.[a-z]/i.test(bare), said);
  } else {
    assert(!own.test(bare) && !/evil|@here|\*\*b/.test(bare), said);
  }
}
