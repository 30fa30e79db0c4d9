import { oneLine } from "./one_line.ts";
import type { Breadcrumb } from "./record.ts";

/** Lines shown: the newest. */
const MAX_LINES = 30;
const MAX_TEXT_CHARS = 300;

/** What happened before, one line each, the oldest first: `10:00:00.000 http WARN GET /stock {"status":404}`. */
export function breadcrumbLines(breadcrumbs: readonly Breadcrumb[]): string[] {
  const earlier = breadcrumbs.length - MAX_LINES;
  const lines = breadcrumbs.slice(-MAX_LINES).map(({ time, category, level, message, data }) =>
    [time?.slice("2026-11-05T".length, -1), category, level, message, data && JSON.stringify(data)]
      .filter((part) => part !== undefined && part !== "")
      .map((part) =>
        oneLine(part!.length > MAX_TEXT_CHARS ? `${part!.slice(0, MAX_TEXT_CHARS)}…` : part!)
      )
      .join(" ")
  );
  return earlier > 0 ? [`${earlier} earlier`, ...lines] : lines;
}
