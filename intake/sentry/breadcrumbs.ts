import type { Breadcrumb } from "../../store/record.ts";
import { levelIn } from "./levels.ts";
import { isObject } from "../../store/is_object.ts";
import { compact, shorten, textIn, valuesIn } from "./loose.ts";
import { timeIn } from "./times.ts";
import { MAX_BREADCRUMBS, MAX_MESSAGE_CHARS } from "../../store/limits.ts";
import { isKeepable, isoTime } from "../../store/times.ts";

const DATA = { depth: 3, keys: 20, chars: 512 };

/** What happened before, the oldest first. */
export function breadcrumbsIn(value: unknown, clockErrorMs: number): Breadcrumb[] | undefined {
  const crumbs = valuesIn(value).slice(-MAX_BREADCRUMBS).filter(isObject).map((crumb) => {
    const ms = timeIn(crumb.timestamp);
    return compact<Breadcrumb>({
      time: ms === undefined || !isKeepable(ms + clockErrorMs)
        ? undefined
        : isoTime(ms + clockErrorMs),
      category: textIn(crumb.category) ?? textIn(crumb.type),
      level: levelIn(crumb.level),
      message: textIn(crumb.message, MAX_MESSAGE_CHARS),
      data: isObject(crumb.data) ? shorten(crumb.data, DATA) as Breadcrumb["data"] : undefined,
    });
  });
  return crumbs.length === 0 ? undefined : crumbs;
}
