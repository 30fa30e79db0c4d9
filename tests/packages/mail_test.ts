// deno-lint-ignore-file no-import-prefix -- so that a start does not fetch it: `deno task` fetches what deno.json names
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { SMTPServer } from "npm:smtp-server@3.21.6";
import { alertUrls } from "../../config/alert_urls.ts";
import { messageOf } from "../../logging/receivers/message.ts";
import { type Outcome, receiverOf } from "../../logging/receivers/receiver.ts";
import { openStore } from "../../store/open.ts";
import { Source } from "../store/entries.ts";

const BOARD_URL = "https://errors.example/board";

Deno.test("a mail arrives over STARTTLS and a login, with what a person and a mail program need", async () => {
  await using server = await startServer({ login: ["bot", "p@ss:word/"] });
  const url = server.url("bot:p%40ss%3Aword%2F@") +
    "/?from=bot@shop.example&to=ana@shop.example&to=ben@shop.example&tls=no-verify";
  // Its certificate is nobody's.
  const untrusted = await send(url.replace("&tls=no-verify", ""));
  assertMatch((untrusted as { why: string }).why, /certificate/i);
  const outcome = await send(url);
  assertEquals(outcome.kind, "sent");
  const [mail] = server.mails;
  assertEquals(mail!.isSecure, true);
  assertEquals([mail!.from, mail!.to], ["bot@shop.example", [
    "ana@shop.example",
    "ben@shop.example",
  ]]);
  const { headers, text } = parsed(mail!.raw);
  assertEquals(headers["subject"], "[shop] New error: PriceError: no price for München");
  assertEquals([headers["from"], headers["to"]], [
    "bot@shop.example",
    "ana@shop.example, ben@shop.example",
  ]);
  assertEquals(headers["auto-submitted"], "auto-generated");
  assertMatch(headers["message-id"]!, /^<[\w-]{36}@shop\.example>$/);
  assertMatch(headers["references"]!, /^<[\w-]{36}@shop\.example>$/);
  assert(Math.abs(Date.parse(headers["date"]!) - Date.now()) < 60_000, headers["date"]);
  assertMatch(headers["content-type"]!, /^text\/plain; charset=utf-8/);
  assertStringIncludes(text, "New error\n\nPriceError: no price for München\n");
  assertMatch(text, /^Service: +shop$/m);
  assertMatch(text, /^Release: +1\.4\.0$/m);
  assertMatch(text, /^Where: +priceOf \(src\/cart\.\u2060ts:12\)$/m);
  assertMatch(text, /^https:\/\/errors\.example\/board\/errors\/[\w-]{36}$/m);
  const sent = Deno.env.get("SHOW_MAIL");
  if (sent) Deno.writeTextFileSync(sent, mail!.raw);
});

Deno.test("what strangers wrote makes no header, no link and no second mail", async () => {
  await using server = await startServer({ withoutTls: true });
  const message = "x\r\nBcc: all@evil.example\r\n\r\n.\r\nhttps://evil.example \u202e" +
    "y".repeat(9_999);
  const outcome = await send(`${server.url()}/?from=a@b.example&to=c@d.example`, message);
  assertEquals([outcome.kind, server.mails.length], ["sent", 1]);
  const { headers, text } = parsed(server.mails[0]!.raw);
  assertEquals([headers["bcc"], server.mails[0]!.to], [undefined, ["c@d.example"]]);
  assertMatch(headers["subject"]!, /^\[shop\] New error: PriceError: x\\u000d\\u000aBcc: /);
  assertEquals(/:\/\/evil|@evil|evil\.example/.test(text), false, text);
});

Deno.test("a server that refuses says why, without the password", async () => {
  await using server = await startServer({ login: ["bot", "right"], withoutTls: true });
  const url = (login: string) => `${server.url(login)}/?from=a@b.example&to=c@d.example`;
  const refused = await send(url("bot:wrong-secret@"));
  assertEquals(refused.kind, "refused");
  assertMatch((refused as { why: string }).why, /^it answered 535 .*\[redacted\]/);
  server.refusal = Object.assign(new Error("mailbox full"), { responseCode: 452 });
  const later = await send(url("bot:right@"));
  assertEquals(later.kind, "failed");
  assertMatch((later as { why: string }).why, /^it answered 452 mailbox full$/);
});

Deno.test("a password is not sent to a server without STARTTLS, unless that is asked for", async () => {
  await using server = await startServer({ login: ["bot", "right"], withoutTls: true });
  // Another name of this machine, which is none of loopback to the rule.
  const [target] = alertUrls("ALERT_URLS")(
    `${server.url("bot:right@").replace("127.0.0.1", "0.0.0.0")}/?from=a@b.example&to=c@d.example`,
  );
  const refused = await sendTo(target!.url);
  assertMatch((refused as { why: string }).why, /^it offers no STARTTLS/);
  assertEquals(server.mails.length, 0);
  assertEquals((await sendTo(`${target!.url}&tls=optional`)).kind, "sent");
});

for (const words of ["", "220 hello\r\n"]) {
  Deno.test(`a server that ${words ? "stops answering" : "says nothing"} is left in time`, async () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const held: Deno.Conn[] = [];
    const accepting = (async () => {
      for await (const connection of listener) {
        held.push(connection);
        await connection.write(new TextEncoder().encode(words));
      }
    })().catch(() => {});
    const { port } = listener.addr as Deno.NetAddr;
    const url = `smtp://127.0.0.1:${port}/?from=a@b.example&to=c@d.example`;
    const outcome = await sendTo(url, { timeoutMs: 150 });
    assertEquals(outcome, { kind: "failed", why: "no answer within 150 ms" });
    for (const connection of held) connection.close();
    listener.close();
    await accepting;
  });
}

interface Mail {
  from: string;
  to: string[];
  raw: string;
  isSecure: boolean;
}

interface Server extends AsyncDisposable {
  readonly mails: Mail[];
  refusal: Error | undefined;
  url(login?: string): string;
}

/** A mail server on loopback, with a certificate that is made for it. */
async function startServer(
  { login, withoutTls = false }: { login?: [string, string]; withoutTls?: boolean },
): Promise<Server> {
  const mails: Mail[] = [];
  const state: { refusal: Error | undefined } = { refusal: undefined };
  const server = new SMTPServer({
    authOptional: login === undefined,
    allowInsecureAuth: withoutTls,
    disabledCommands: [
      ...(withoutTls ? ["STARTTLS"] : []),
      ...(login === undefined ? ["AUTH"] : []),
    ],
    disableReverseLookup: true,
    onAuth(auth, _session, answer) {
      const isRight = auth.username === login?.[0] && auth.password === login?.[1];
      if (isRight) return answer(null, { user: auth.username });
      answer(new Error(`Invalid password ${auth.password}`));
    },
    onData(stream, session, answer) {
      (async () => {
        const parts: Uint8Array[] = [];
        for await (const part of stream) parts.push(part);
        const raw = await new Blob(parts as BlobPart[]).text();
        if (state.refusal) return answer(state.refusal);
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom ? mailFrom.address : "",
          to: rcptTo.map(({ address }) => address),
          raw,
          isSecure: session.secure,
        });
        answer();
      })();
    },
  });
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.server.address() as { port: number };
  return {
    mails,
    get refusal() {
      return state.refusal;
    },
    set refusal(error) {
      state.refusal = error;
    },
    url: (login = "") => `smtp://${login}127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function send(url: string, message = "no price for München"): Promise<Outcome> {
  const [target] = alertUrls("ALERT_URLS")(url);
  return await sendTo(target!.url, { message });
}

async function sendTo(
  url: string,
  { message = "no price for München", timeoutMs }: { message?: string; timeoutMs?: number } = {},
): Promise<Outcome> {
  const store = await openStore("memory:");
  try {
    await store.write([new Source().failure("a", {
      svc_name: "shop",
      release: "1.4.0",
      error: {
        type: "PriceError",
        message,
        stack: `PriceError: x\n    at priceOf (/srv/shop/src/cart.ts:12:3)`,
      },
    }, { type: "PriceError" })]);
    const now = Date.now();
    await store.noteReceivers([{ key: "r", filters: [{ service: "", minSeverity: 0 }] }], { now });
    const { due } = await store.takeAlert({ now: now + 1_000, receiver: "r" });
    const target = { format: "mail", url, name: "ALERT_URLS", filters: [] } as const;
    return await receiverOf(target).send(
      { message: messageOf(due!, { boardUrl: BOARD_URL, root: "/srv/shop/" }), due: due! },
      { signal: new AbortController().signal, ...(timeoutMs !== undefined && { timeoutMs }) },
    );
  } finally {
    await store.close();
  }
}

/** Headers unfolded and decoded, and the text. */
function parsed(raw: string): { headers: Record<string, string>; text: string } {
  const end = raw.indexOf("\r\n\r\n");
  const lines = raw.slice(0, end).replace(/\r\n[ \t]+/g, " ").split("\r\n");
  const headers = Object.fromEntries(lines.map((line) => {
    const at = line.indexOf(":");
    return [line.slice(0, at).toLowerCase(), decodedWords(line.slice(at + 1).trim())];
  }));
  const encoded = raw.slice(end + 4);
  const bytes = headers["content-transfer-encoding"] === "base64"
    ? Uint8Array.fromBase64(encoded.replace(/\s/g, ""))
    : quotedPrintable(encoded);
  return { headers, text: new TextDecoder().decode(bytes).replaceAll("\r\n", "\n") };
}

/** RFC 2047. */
function decodedWords(text: string): string {
  return text.replace(/\?= =\?/g, "?==?").replace(
    /=\?utf-8\?([qb])\?([^?]*)\?=/gi,
    (_, kind, word) =>
      new TextDecoder().decode(
        kind.toLowerCase() === "b"
          ? Uint8Array.fromBase64(word)
          : quotedPrintable(word.replaceAll("_", " ")),
      ),
  );
}

/** RFC 2045, 6.7. */
function quotedPrintable(text: string): Uint8Array {
  const bytes: number[] = [];
  const joined = text.replace(/=\r\n/g, "");
  for (let i = 0; i < joined.length; i++) {
    if (joined[i] === "=") {
      bytes.push(parseInt(joined.slice(i + 1, i + 3), 16));
      i += 2;
    } else bytes.push(joined.charCodeAt(i));
  }
  return Uint8Array.from(bytes);
}
