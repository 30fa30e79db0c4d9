/** Parts of a report on their way to the worker. */
import type { ErrorInfo } from "../../store/record.ts";
import type { Report } from "../../store/report.ts";
import type { More } from "../queue/batch.ts";
import { reportedHeaders } from "./headers.ts";
import { readBreadcrumbs } from "./read_breadcrumbs.ts";
import type { KeepUser } from "./reported.ts";
import { snapshot } from "./snapshot.ts";
import { withoutUser } from "./user_data.ts";

/** Frames are within bounds of their own, which are wider than those of any other value. */
export function errorText(error: ErrorInfo): string {
  const { frames, cause, ...rest } = error;
  if (frames === undefined && cause === undefined) return snapshot(error);
  const parts = [
    snapshot(rest).slice(0, -1),
    ...frames === undefined ? [] : [`"frames":${JSON.stringify(frames)}`],
    ...cause === undefined ? [] : [`"cause":${errorText(cause)}`],
  ];
  return `${parts.join(",")}}`;
}

/** What few records have; undefined where a report has none of it. */
export function moreOf(
  { headers, breadcrumbs, event_id, instance, truncated = [] }: Report,
  { keep, hasCutFrames }: { keep: KeepUser; hasCutFrames: boolean },
): More | undefined {
  const read = readBreadcrumbs(breadcrumbs);
  const cut = [
    ...truncated,
    ...hasCutFrames ? ["error.frames"] : [],
    ...read?.isCut ? ["breadcrumbs"] : [],
  ];
  const more: More = {
    ...headers && { headers: reportedHeaders(headers) },
    ...read && { breadcrumbs: withoutUser(read.breadcrumbs, keep) },
    ...event_id !== undefined && { event_id },
    ...instance !== undefined && { instance },
    ...cut.length > 0 && { truncated: cut },
  };
  return Object.keys(more).length === 0 ? undefined : more;
}
