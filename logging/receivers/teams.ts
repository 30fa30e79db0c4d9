/**
 * Workflows of Microsoft Teams ("When a Teams webhook request is received") take a message with an Adaptive Card:
 * https://learn.microsoft.com/connectors/teams/#microsoft-teams-webhook. A message has at most 28 KB:
 * https://learn.microsoft.com/microsoftteams/limits-specifications-teams. What strangers wrote stands in text runs, which know no
 * Markdown: https://learn.microsoft.com/adaptive-cards/schema-explorer/text-run
 *
 * The older connectors answer 200 with a sentence about what failed.
 */
import type { Format } from "./receiver.ts";
import { unlinked } from "./plain_text.ts";

export const format: Format = {
  bodyOf: ({ message: { kind, title, what, facts, rows, more, url } }) => ({
    type: "message",
    attachments: [{
      contentType: "application/vnd.microsoft.card.adaptive",
      contentUrl: null,
      content: {
        $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
        type: "AdaptiveCard",
        version: "1.4",
        msteams: { width: "Full" },
        body: [
          {
            type: "TextBlock",
            text: title,
            size: "Large",
            weight: "Bolder",
            color: kind === "proved" ? "Good" : kind === "test" ? "Default" : "Attention",
            wrap: true,
          },
          ...(what === "" ? [] : [richText([foreign(what)])]),
          ...facts.map(({ name, value }) => richText([own(`${name}: `), foreign(value)])),
          ...rows.map(({ title, what, service }) =>
            richText([own(`${title}: `), foreign(`${what} in ${service}`)])
          ),
          ...(more > 0 ? [richText([own(`… and ${more} more`)])] : []),
        ],
        ...(url !== undefined && {
          actions: [{ type: "Action.OpenUrl", title: "Open on the board", url }],
        }),
      },
    }],
  }),
  isTaken: ({ text, json }) => {
    if (typeof json === "object" && json !== null) return !("error" in json);
    return !/\b(error|failed|failure)\b/i.test(text);
  },
};

function richText(inlines: readonly unknown[]) {
  return { type: "RichTextBlock", inlines };
}

function own(text: string) {
  return { type: "TextRun", text, weight: "Bolder" };
}

/** Without what cards replace by a date: `{{DATE(…)}}`. */
function foreign(text: string) {
  return {
    type: "TextRun",
    text: unlinked(text).replaceAll("{{", "{\u2060{"),
    fontType: "Monospace",
  };
}
