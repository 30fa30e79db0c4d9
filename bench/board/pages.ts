/**
 * Every page of the board and every listing of the JSON API, as people and programs ask for them: with filters, sorts, words
 * that many and few records have, and far down in a list.
 *
 * @module
 */

/** One address. */
export interface Asked {
  /** For people. */
  readonly what: string;
  /** With its query. */
  readonly path: string;
  /** Asked by somebody who has not signed in. */
  readonly isSignedOut?: boolean;
}

/** Asks the service as the operator, signed in to the board. */
export type Ask = (path: string) => Promise<Response>;

/** Far down a long list: pages of 100 rows. */
export const DEEP_PAGES = 200;
const WALKED_ROWS = 100;
const TREND_IDS = 25;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Finds out from a seeded store what to ask for, and gives the addresses.
 *
 * @param deepPages How many pages of 100 rows down "far down" is.
 */
export async function everyPage(ask: Ask, { deepPages }: { deepPages: number }): Promise<Asked[]> {
  const content = async (path: string) => (await (await ask(path)).json()).content;
  const [newest] = (await content("/errors?limit=1")).errors;
  const [frequent] = (await content("/errors?limit=1&sort=count")).errors;
  const { occurrences } = await content(`/errors/${frequent.id}/occurrences?limit=100`);
  const old = occurrences.at(-1);
  const { logs } = await content("/logs?limit=100");
  const ofRequest = logs.find(({ request_id }: { request_id?: string }) =>
    request_id !== undefined
  );
  const middle = logs.at(-1);
  const listed = (await content(`/errors?limit=${TREND_IDS}`)).errors;
  const ids = listed.map(({ id }: { id: string }) => id).join(",");
  const common = newest.message.split(" ")[0];
  const rare = /\d{4,}/.exec(newest.message)?.[0] ?? newest.message;
  const day = new Date(Date.parse(newest.last_seen) - 7 * DAY_MS).toISOString();
  const dayAfter = new Date(Date.parse(day) + DAY_MS).toISOString();
  const q = encodeURIComponent;
  const byCount = await walk("/errors?sort=count");
  const [byTime, byFirst] = [
    await walk("/errors?sort=last_seen"),
    await walk("/errors?sort=first_seen"),
  ];
  const logsDown = await walk("/logs?");
  const fields = `svc_name:${newest.svc_name} level:${newest.level}`;
  const release = newest.last_release;
  const user = old.record.user?.id;

  return [
    { what: "errors, open", path: "/board" },
    { what: "errors, resolved", path: "/board?state=resolved" },
    { what: "errors, muted", path: "/board?state=muted" },
    { what: "errors, all, most frequent", path: "/board?state=all&sort=count" },
    { what: "errors, open, most frequent", path: "/board?sort=count" },
    { what: "errors, open, first seen", path: "/board?sort=first_seen" },
    { what: "errors, a word of all", path: `/board?q=${q(common)}` },
    { what: "errors, a rare word", path: `/board?q=${q(rare)}` },
    { what: "errors, a word that is nowhere", path: "/board?q=nowhere&state=all" },
    { what: "errors, without a word of all", path: `/board?q=${q(`-${common}`)}` },
    { what: "errors, a word of all, without another", path: `/board?q=${q(`${common} -${rare}`)}` },
    { what: "errors, a phrase", path: `/board?q=${q(`"${common} ${rare}"`)}` },
    { what: "errors, service and level", path: `/board?q=${q(fields)}` },
    { what: "errors, route that none has", path: "/board?q=route%3A%2Fnowhere&state=all" },
    {
      what: "errors, release, most frequent",
      path: `/board?sort=count&q=${q(`release:${release}`)}`,
    },
    {
      what: "errors, new in a release",
      path: `/board?q=${q(`first_release:${release}`)}&state=all`,
    },
    {
      what: "errors, new since a release, most frequent",
      path: `/board?q=${q(`new_since:${release}`)}&state=all&sort=count`,
    },
    { what: "errors, came back in a release", path: `/board?q=${q(`came_back_in:${release}`)}` },
    { what: "errors of the last day, most frequent", path: "/board?range=1440&sort=count" },
    { what: "errors of a day a week ago", path: `/board?since=${q(day)}&until=${q(dayAfter)}` },
    { what: "errors, service and a word of all", path: `/board?q=${q(`${fields} ${common}`)}` },
    { what: "errors of the last hour", path: "/board?range=60" },
    { what: "errors of the last week", path: "/board?range=10080" },
    {
      what: "errors, picked service and release",
      path: `/board?svc_name=${q(newest.svc_name)}&release=${q(release)}`,
    },
    { what: "errors, new today", path: "/board?what=new" },
    { what: "errors, back today", path: "/board?what=back" },
    { what: "errors, rising", path: "/board?what=rising" },
    { what: "errors, fixed today", path: "/board?what=fixed" },
    { what: "errors, one environment", path: "/board?environment=production" },
    { what: "errors, one user", path: `/board?q=${q(`user:${user}`)}&state=all` },
    {
      what: "errors, a tag of many, most frequent",
      path: `/board?q=${q("tag.browser:Firefox environment:staging")}&sort=count`,
    },
    { what: "errors, a tag that none has", path: `/board?q=${q("tag.browser:Lynx")}` },
    { what: "errors, far down", path: `/board?cursor=${byTime}` },
    { what: "errors, most frequent, far down", path: `/board?sort=count&cursor=${byCount}` },
    { what: "errors, first seen, far down", path: `/board?sort=first_seen&cursor=${byFirst}` },
    { what: "errors, a receipt (redirect)", path: `/board?q=${newest.last_error_id}` },
    { what: "one error, the newest", path: `/board/errors/${newest.id}` },
    { what: "one error, the most frequent", path: `/board/errors/${frequent.id}` },
    {
      what: "one error, an old occurrence",
      path: `/board/errors/${frequent.id}/occurrences/${old.error_id}`,
    },
    { what: "logs", path: "/board/logs" },
    { what: "logs, live", path: "/board/logs?live=1" },
    { what: "logs, ERROR and worse", path: "/board/logs?level=ERROR" },
    { what: "logs, CRITICAL", path: "/board/logs?level=CRITICAL" },
    { what: "logs, last hour", path: "/board/logs?range=60" },
    { what: "logs, before a week ago", path: `/board/logs?until=${q(day)}` },
    { what: "logs, a word of all", path: `/board/logs?q=${q(common)}` },
    { what: "logs, a rare word", path: `/board/logs?q=${q(rare)}` },
    { what: "logs, without a word of all", path: `/board/logs?q=${q(`-${common}`)}` },
    { what: "logs, a phrase", path: `/board/logs?q=${q(`"${common} ${rare}"`)}` },
    { what: "API: logs, not our own", path: "/logs?own=false&limit=100" },
    { what: "logs, a word that is nowhere", path: "/board/logs?q=nowhere" },
    {
      what: "logs, service, a word, a week ago",
      path: `/board/logs?q=${q(`svc_name:${newest.svc_name} ${common}`)}&until=${q(day)}`,
    },
    {
      what: "logs, one request",
      path: `/board/logs?q=${q(`request_id:${ofRequest?.request_id ?? "none"}`)}`,
    },
    { what: "logs, one user", path: `/board/logs?q=${q(`user:${user}`)}` },
    {
      what: "logs, environment and tag",
      path: `/board/logs?q=${q("environment:staging tag.browser:Firefox")}`,
    },
    { what: "logs, far down", path: `/board/logs?cursor=${logsDown}` },
    { what: "logs, with columns", path: "/board/logs?columns=status,user.id,tags.browser" },
    {
      what: "logs, around one",
      path: `/board/logs?svc_name=${q(middle.svc_name)}&around=${
        Date.parse(middle.time)
      }~${middle.boot_id}~${middle.seq}`,
    },
    { what: "overview", path: "/board/overview" },
    { what: "overview, a day", path: "/board/overview?range=1440" },
    { what: "overview, a week", path: "/board/overview?range=10080" },
    { what: "releases", path: "/board/releases" },
    { what: "releases of a service", path: `/board/releases?svc_name=${q(newest.svc_name)}` },
    { what: "keys", path: "/board/keys" },
    { what: "connect", path: "/board/connect?platform=node&service=shop" },
    { what: "people", path: "/board/people" },
    { what: "connect, has it arrived?", path: "/board/connect/arrived?service=shop&since=1" },
    { what: "first visit, has anything arrived?", path: "/board/connect/arrived?since=1" },
    { what: "API: keys", path: "/keys" },
    { what: "API: what clients sent", path: "/keys/counts?days=7&service=shop" },
    { what: "sign-in", path: "/board/sign-in", isSignedOut: true },

    { what: "API: receipt (guest)", path: `/?query_content=${old.error_id}&user_type=guest` },
    {
      what: "API: both lists, a word of all",
      path: `/?query_content=${q(common)}&user_type=operator`,
    },
    {
      what: "API: both lists, a rare word",
      path: `/home?query_content=${q(rare)}&user_type=operator`,
    },
    { what: "API: errors, 100", path: "/errors?limit=100" },
    {
      what: "API: errors, resolved, most frequent",
      path: "/errors?state=resolved&sort=count&limit=100",
    },
    { what: "API: errors, far down", path: `/errors?sort=first_seen&limit=100&cursor=${byFirst}` },
    {
      what: "API: errors, tag and user",
      path: `/errors?tag=${q("browser:Firefox")}&user=${q(user)}&limit=100`,
    },
    ...["new", "back", "rising", "fixed"].flatMap((became) => [
      {
        what: `API: errors, ${became} lately, most frequent`,
        path: `/errors?sort=count&what=${became}`,
      },
      { what: `API: counts, ${became} lately`, path: `/errors/counts?what=${became}` },
    ]),
    { what: "API: counts", path: "/errors/counts" },
    { what: "API: counts, a word of all", path: `/errors/counts?q=${q(common)}` },
    { what: "API: trends", path: `/errors/trends?ids=${ids}` },
    { what: "API: one error", path: `/errors/${frequent.id}` },
    { what: "API: its occurrences, 100", path: `/errors/${frequent.id}/occurrences?limit=100` },
    { what: "API: its reproduction", path: `/errors/${frequent.id}/reproduction` },
    { what: "API: one occurrence", path: `/occurrences/${old.error_id}` },
    { what: "API: logs, 100", path: "/logs?limit=100" },
    { what: "API: logs, WARN, a word of all", path: `/logs?level=WARN&q=${q(common)}&limit=100` },
    { what: "API: logs, far down", path: `/logs?limit=100&cursor=${logsDown}` },
    { what: "API: releases", path: "/releases?limit=100" },
    {
      what: "API: traffic of a week, by route",
      path: `/traffic?since=${q(day)}&step=hour&by=route`,
    },
    { what: "API: one receipt", path: `/receipts/${old.error_id}` },
    { what: "ready?", path: "/readyz" },
  ];

  /** The cursor of a page far down, or of the last one there is. */
  async function walk(path: string): Promise<string> {
    let cursor = "";
    for (let page = 0; page < deepPages; page++) {
      const from = cursor === "" ? "" : `&cursor=${cursor}`;
      const { next } = await content(`${path}&limit=${WALKED_ROWS}${from}`);
      if (next === null) break;
      cursor = next;
    }
    return cursor;
  }
}
