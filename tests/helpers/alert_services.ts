/**
 * Stand-ins of the services that alerts go to. Each takes what the service's documentation says it takes, refuses everything else
 * as the service would, and keeps what it took. Unknown fields are mistakes here, though some services ignore them.
 *
 * @module
 */
import type { AlertFormat } from "../../store/alert_target.ts";

/** What a service was sent, and what it says of that. */
interface Posted {
  url: URL;
  headers: Headers;
  // deno-lint-ignore no-explicit-any -- JSON of any form
  body: any;
}

/** Throws what is wrong, or gives the answer. */
type Service = (posted: Posted) => Response;

/** A service on loopback. */
export interface AlertService extends AsyncDisposable {
  /** The address for `ALERT_URLS`. */
  readonly url: string;
  /** What it took. */
  // deno-lint-ignore no-explicit-any -- tests reach into messages
  readonly taken: any[];
  /** What it refused, and why. */
  readonly refused: string[];
  /** Answers this in place of what it would. */
  answer: (() => Response) | undefined;
}

/** What an address of each service ends in. */
const PATHS: Readonly<Record<Exclude<AlertFormat, "mail">, string>> = {
  slack: "/services/T0/B0/xoxSecret",
  mattermost: "/hooks/xoxSecret",
  discord: "/api/webhooks/1/xoxSecret?thread_id=42",
  teams: "/workflows/1/triggers/manual/paths/invoke?api-version=1&sig=xoxSecret",
  telegram: "/bot1:xoxSecret/sendMessage?chat_id=-100&message_thread_id=7",
  ntfy: "/xoxSecret",
  json: "/hook/xoxSecret",
};

export function startService(format: Exclude<AlertFormat, "mail">): AlertService {
  const service: AlertService = {
    url: "",
    taken: [],
    refused: [],
    answer: undefined,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const body = JSON.parse(await request.text());
      if (service.answer) return service.answer();
      try {
        expect(request.method === "POST", "POST");
        expect(request.headers.get("content-type") === "application/json", "JSON");
        const url = new URL(request.url);
        const answer = SERVICES[format]({ url, headers: request.headers, body });
        service.taken.push(body);
        return answer;
      } catch (error) {
        service.refused.push((error as Error).message);
        return new Response((error as Error).message, { status: 400 });
      }
    },
  );
  const address = `http://127.0.0.1:${server.addr.port}${PATHS[format]}`;
  Object.assign(service, { url: `${format}+${address}` });
  return service;
}

const SERVICES: Readonly<Record<Exclude<AlertFormat, "mail">, Service>> = {
  // https://docs.slack.dev/reference/block-kit/blocks
  slack({ body }) {
    fields(body, ["text", "blocks"]);
    text(body.text, 40_000);
    within(body.blocks, 1, 50);
    for (const block of body.blocks) {
      if (block.type === "header") {
        fields(block, ["type", "text"]);
        fields(block.text, ["type", "text", "emoji"]);
        expect(block.text.type === "plain_text", "a header is plain text");
        text(block.text.text, 150);
      } else {
        expect(block.type === "section", `a block ${block.type}`);
        fields(block, ["type"], ["text", "fields"]);
        expect(block.text !== undefined || block.fields !== undefined, "a section has something");
        if (block.text !== undefined) mrkdwn(block.text, 3000);
        if (block.fields !== undefined) {
          within(block.fields, 1, 10);
          for (const field of block.fields) mrkdwn(field, 2000);
        }
      }
    }
    return new Response("ok");
  },
  // https://developers.mattermost.com/integrate/reference/message-attachments/
  mattermost({ body }) {
    fields(body, ["attachments"]);
    within(body.attachments, 1, 1);
    const [attachment] = body.attachments;
    fields(attachment, ["fallback", "color", "title", "text", "fields"], ["title_link"]);
    expect(/^#[0-9a-f]{6}$/.test(attachment.color), "a hex colour");
    text(attachment.fallback, 16_383);
    text(attachment.text, 16_383);
    for (const field of attachment.fields) {
      fields(field, ["short", "title", "value"]);
      expect(typeof field.short === "boolean", "short is a switch");
      codeOnly(field.value);
    }
    return new Response("ok", { headers: { "content-type": "text/plain" } });
  },
  // https://docs.discord.com/developers/resources/webhook#execute-webhook
  discord({ url, body }) {
    expect(url.searchParams.get("thread_id") === "42", "the thread");
    expect(url.searchParams.get("wait") === "true", "it waits for the answer");
    fields(body, ["embeds", "allowed_mentions"]);
    expect(JSON.stringify(body.allowed_mentions) === '{"parse":[]}', "nobody is mentioned");
    within(body.embeds, 1, 10);
    let total = 0;
    for (const embed of body.embeds) {
      fields(embed, ["title", "description", "color", "fields"], ["url"]);
      text(embed.title, 256);
      text(embed.description, 4096);
      expect(Number.isInteger(embed.color) && embed.color <= 0xffffff, "a colour");
      total += embed.title.length + embed.description.length;
      within(embed.fields, 0, 25);
      for (const field of embed.fields) {
        fields(field, ["name", "value", "inline"]);
        text(field.name, 256);
        text(field.value, 1024);
        codeOnly(field.value);
        total += field.name.length + field.value.length;
      }
    }
    expect(total <= 6000, "6,000 characters in all embeds");
    return Response.json({ id: "1", type: 0, content: "" });
  },
  // https://learn.microsoft.com/connectors/teams/#microsoft-teams-webhook
  teams({ url, body }) {
    expect(url.searchParams.get("sig") === "xoxSecret", "the signature");
    expect(JSON.stringify(body).length <= 28 * 1024, "28 KB");
    fields(body, ["type", "attachments"]);
    expect(body.type === "message", "a message");
    within(body.attachments, 1, 1);
    const [{ contentType, contentUrl, content }] = body.attachments;
    fields(body.attachments[0], ["contentType", "contentUrl", "content"]);
    expect(
      contentType === "application/vnd.microsoft.card.adaptive" && contentUrl === null,
      "a card",
    );
    fields(content, ["$schema", "type", "version", "msteams", "body"], ["actions"]);
    expect(content.type === "AdaptiveCard" && content.version === "1.4", "a card of 1.4");
    for (const element of content.body) {
      if (element.type === "TextBlock") {
        fields(element, ["type", "text", "size", "weight", "color", "wrap"]);
        expect(/^[\w ]+$/.test(element.text), "Markdown is our own alone");
      } else {
        fields(element, ["type", "inlines"]);
        expect(element.type === "RichTextBlock", `an element ${element.type}`);
        for (const inline of element.inlines) {
          fields(inline, ["type", "text"], ["weight", "fontType"]);
          expect(inline.type === "TextRun", `an inline ${inline.type}`);
          expect(typeof inline.text === "string" && inline.text !== "", "a text");
        }
      }
    }
    for (const action of content.actions ?? []) {
      fields(action, ["type", "title", "url"]);
      expect(action.type === "Action.OpenUrl", `an action ${action.type}`);
    }
    return new Response(null, { status: 202 });
  },
  // https://core.telegram.org/bots/api#sendmessage
  telegram({ url, body }) {
    expect(url.pathname === "/bot1:xoxSecret/sendMessage" && url.search === "", "the method");
    fields(body, ["chat_id", "message_thread_id", "text", "parse_mode", "link_preview_options"]);
    expect(body.chat_id === "-100" && body.message_thread_id === 7, "the chat and its topic");
    expect(body.parse_mode === "HTML", "HTML");
    expect(JSON.stringify(body.link_preview_options) === '{"is_disabled":true}', "no preview");
    const left = body.text.replace(
      /<(b|code)>([^<>]*)<\/\1>|<a href="[^"<>]*">([^<>]*)<\/a>/g,
      "$2$3",
    );
    expect(!/[<>]/.test(left), `tags are b, code and a, closed: ${left}`);
    expect(!/&(?!(lt|gt|amp|quot);)/.test(left), "entities are the four that it knows");
    text(left, 4096);
    return Response.json({ ok: true, result: { message_id: 1 } });
  },
  // https://docs.ntfy.sh/publish/#publish-as-json
  ntfy({ url, headers, body }) {
    expect(url.pathname === "/", "JSON goes to the root");
    expect([null, "Basic OnRrX3Rva2Vu"].includes(headers.get("authorization")), "the token");
    fields(body, ["topic", "title", "message", "priority", "tags"], ["click"]);
    expect(body.topic === "xoxSecret", "the topic");
    expect(new TextEncoder().encode(body.message).length <= 4096, "4,096 bytes");
    expect([1, 2, 3, 4, 5].includes(body.priority), "a priority");
    return Response.json({ id: "xE73Iyuabi", time: 1, event: "message", topic: body.topic });
  },
  json: () => new Response(null, { status: 204 }),
};

function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(`expected: ${what}`);
}

/** An object with these fields and no other. */
function fields(value: Record<string, unknown>, needed: string[], optional: string[] = []): void {
  for (const name of needed) expect(Object.hasOwn(value, name), `a field ${name}`);
  for (const name of Object.keys(value)) {
    expect([...needed, ...optional].includes(name), `no field ${name}`);
  }
}

function within(list: unknown[], min: number, max: number): void {
  expect(Array.isArray(list) && list.length >= min && list.length <= max, `${min} to ${max} items`);
}

function text(value: string, maxChars: number): void {
  expect(
    typeof value === "string" && value.length >= 1 && value.length <= maxChars,
    `1 to ${maxChars} characters`,
  );
}

function mrkdwn(value: { text: string; type: string; verbatim: boolean }, maxChars: number): void {
  fields(value as unknown as Record<string, unknown>, ["type", "text", "verbatim"]);
  expect(value.type === "mrkdwn" && value.verbatim, "mrkdwn as it is");
  text(value.text, maxChars);
  expect(!/<(?!https?:)/.test(value.text), "what stands in < > is a link of our own");
}

function codeOnly(value: string): void {
  expect(/^`[^`]+`$/.test(value), "strangers' text is code");
}
