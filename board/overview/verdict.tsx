/** @jsxImportSource hono/jsx */
/** Whether something is broken now, in one line. */
import { type ErrorSummary, type Logging, MAX_TOTAL, type Page } from "../../logging/mod.ts";
import { DAY_MS, MINUTE_MS } from "../../store/times.ts";
import { address, errorPath } from "../addresses.ts";
import { traitsOf } from "../errors/traits.tsx";
import type { Html } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";
import { count, counted, sumOf } from "../parts/times.ts";
import { routeName } from "./routes_table.tsx";
import { NOW_MINUTES, type RouteCounts } from "./traffic.ts";

/** Errors that are looked at, those that happened last. */
const MAX_ERRORS_READ = 100;
/** From this share of failed requests on something is broken, whatever the errors say. */
const BROKEN_SHARE = 0.01;
const MAX_NAME_CHARS = 60;
const MAX_MESSAGE_CHARS = 120;

/** Open errors that happened in the last {@linkcode NOW_MINUTES}. */
export function readRecent(
  store: Pick<Logging["store"], "listErrors">,
  { svc_name, nowMs }: { svc_name: string; nowMs: number },
): Promise<Page<ErrorSummary>> {
  return store.listErrors({
    ...(svc_name !== "" && { svc_name }),
    state: "open",
    since: nowMs - NOW_MINUTES * MINUTE_MS,
    sort: "last_seen",
    limit: MAX_ERRORS_READ,
  });
}

/** What makes an error one that somebody should look at now, the most telling first. */
const NEWS = ["back", "new", "rising"] as const;
type Kind = (typeof NEWS)[number];

export interface Verdict {
  /** `unknown`: nothing was recorded. */
  tone: "bad" | "warn" | "good" | "unknown";
  sentence: string;
  /** Of the errors that are new, back or rising the one that hit most users. */
  worst?: { error: ErrorSummary; kind: Kind };
}

export function verdictOf(
  { recent, now, nowMs }: {
    recent: Page<ErrorSummary>;
    now: readonly RouteCounts[];
    nowMs: number;
  },
): Verdict {
  const kinds = { new: 0, back: 0, rising: 0 };
  let worst: Verdict["worst"];
  for (const error of recent.items) {
    const traits = traitsOf(error, { sinceMs: nowMs - DAY_MS, nowMs });
    const kind = NEWS.find((kind) => traits.includes(kind));
    if (kind === undefined) continue;
    kinds[kind]++;
    if (worst === undefined || error.users > worst.error.users) worst = { error, kind };
  }
  const [requests, failures, records] = (["requests", "failures", "records"] as const)
    .map((name) => sumOf(now.map((route) => route[name]))) as [number, number, number];
  const isMany = failures > 0 && failures / requests >= BROKEN_SHARE;
  const isNews = worst !== undefined;
  const during = `in the last ${NOW_MINUTES} minutes`;
  if (recent.total === 0 && failures === 0) {
    return records > 0
      ? {
        tone: "good",
        sentence: `Nothing is broken: no open error happened ${during}${
          requests > 0
            ? `, and ${
              requests === 1 ? "the one request" : `all ${count(requests)} requests`
            } went well`
            : ""
        }.`,
      }
      : { tone: "unknown", sentence: `Nothing was recorded ${during}, neither good nor bad.` };
  }
  const parts = [
    ...(recent.total > 0 ? [errorsText(kinds, recent.total)] : []),
    ...(failures > 0 ? [failedText(now, { requests, failures })] : []),
  ];
  const isBroken = isNews || isMany;
  return {
    tone: isBroken ? "bad" : "warn",
    sentence: `${isBroken ? "Something is broken" : "Nothing new is broken"}: ${during} ${
      parts.join(", and ")
    }.`,
    ...(worst !== undefined && { worst }),
  };
}

/** `5 errors happened (3 new, 1 back, 1 rising)` */
function errorsText(kinds: Readonly<Record<Kind, number>>, total: number): string {
  const news = NEWS.filter((kind) => kinds[kind] > 0);
  const all = `${counted(total, news.length === 0 ? "known error" : "error", MAX_TOTAL)} happened`;
  if (news.length === 0) return all;
  return `${all} (${news.map((kind) => `${count(kinds[kind])} ${kind}`).join(", ")})`;
}

/** `40 of 48 requests failed, most at /orders of shop` */
function failedText(
  now: readonly RouteCounts[],
  { requests, failures }: { requests: number; failures: number },
): string {
  const worst = now.toSorted((a, b) => b.failures - a.failures)[0]!;
  const services = new Set(now.map(({ svc_name }) => svc_name));
  const where = `${routeName(worst, MAX_NAME_CHARS)}${
    services.size > 1 ? ` of ${plainLine(worst.svc_name, MAX_NAME_CHARS)}` : ""
  }`;
  const which = worst.failures === failures ? "all" : "most";
  return `${count(failures)} of ${counted(requests, "request")} failed${
    failures > 1 ? `, ${which} at ${where}` : ` at ${where}`
  }`;
}

export function VerdictLine(
  { verdict: { tone, sentence, worst }, hasErrors, svc_name, troubles }: {
    verdict: Verdict;
    hasErrors: boolean;
    svc_name: string;
    /** Of the log delivery. */
    troubles: number;
  },
): Html {
  return (
    <div class={`verdict ${tone}`} role="status">
      <p>
        {sentence}{" "}
        {hasErrors && (
          <a href={address("/board", { svc_name, range: String(NOW_MINUTES) })}>See them</a>
        )}
      </p>
      {worst !== undefined && <Worst {...worst} />}
      {troubles > 0 && (
        <p>
          <a href="#delivery">
            {troubles === 1
              ? "Log delivery has a problem"
              : `Log delivery has ${count(troubles)} problems`}
          </a>
        </p>
      )}
    </div>
  );
}

function Worst({ error, kind }: NonNullable<Verdict["worst"]>) {
  const release = { back: error.came_back_in, new: error.first_release, rising: null }[kind];
  const facts = [
    `is ${kind}:`,
    error.users > 0 && counted(error.users, "user", MAX_TOTAL),
    release !== null && `since release ${plainLine(release, MAX_NAME_CHARS)}`,
    `in ${plainLine(error.svc_name, MAX_NAME_CHARS)}`,
  ].filter(Boolean);
  return (
    <p class="worst">
      <a href={errorPath(error.id)}>
        <strong>
          <bdi>{plainLine(error.type, MAX_NAME_CHARS)}</bdi>
        </strong>{" "}
        <bdi>{plainLine(error.message, MAX_MESSAGE_CHARS)}</bdi>
      </a>{" "}
      <span>{facts.join(" ")}</span>
    </p>
  );
}
