/**
 * Discord's webhooks: https://docs.discord.com/developers/resources/webhook#execute-webhook, with one embed:
 * https://docs.discord.com/developers/resources/message#embed-object-embed-limits. `wait` makes it answer with the message or with
 * what is wrong; `allowed_mentions` without a word mentions nobody.
 */
import type { Format } from "./receiver.ts";
import { colorOf } from "./receiver.ts";
import { cut } from "../../store/limits.ts";
import { code, fitting, markdownLines } from "./plain_text.ts";

const MAX_TITLE_CHARS = 256;
/** 4,096 at most, and 6,000 with all fields and the title. */
const MAX_DESCRIPTION_CHARS = 3000;
const MAX_FIELDS = 25;
const MAX_FIELD_CHARS = 1024;

export const format: Format = {
  urlOf: (url) => {
    const waiting = new URL(url);
    waiting.searchParams.set("wait", "true");
    return waiting;
  },
  bodyOf: ({ message }) => {
    const { kind, title, facts, url } = message;
    return {
      embeds: [{
        title: cut(title, MAX_TITLE_CHARS),
        ...(url !== undefined && { url }),
        description: fitting(markdownLines(message), { maxChars: MAX_DESCRIPTION_CHARS }),
        color: colorOf(kind),
        fields: facts.slice(0, MAX_FIELDS).map(({ name, value }) => (
          { name, value: code(cut(value, MAX_FIELD_CHARS - 2)), inline: true }
        )),
      }],
      allowed_mentions: { parse: [] },
    };
  },
  isTaken: ({ text, json }) => text === "" || typeof (json as { id?: unknown })?.id === "string",
};
