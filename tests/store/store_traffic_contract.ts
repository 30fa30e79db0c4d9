/**
 * What every store promises of requests and releases: counted once each, whatever comes twice, late or from elsewhere.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { OTHERS } from "../../store/limits.ts";
import { LEVELS, type LogRecord } from "../../store/record.ts";
import type { Entry, Release, RetentionLimits, Store, TrafficRow } from "../../store/store.ts";
import { MAX_SERVICE_SERIES } from "../../store/traffic/series.ts";
import { Source, times } from "./entries.ts";
import type { StoreTest } from "./store_contract.ts";

const MINUTE_MS = 60 * 1000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Longer ago than anything that is counted, and later than now. */
const ALWAYS = { since: 0, until: Date.now() + 10 * DAY_MS };
const NAMES = ["svc_name", "route", "release", "environment"] as const;

/** The tests; `test` runs one on a store of its own. */
export function storeTrafficContract(test: StoreTest): void {
  test("requests are counted by time, service, route, release and environment", async (store) => {
    const { request, nowMs } = world();
    const hourAgo = nowMs - HOUR_MS;
    await store.write([
      request({ route: "/a", release: "1", duration_ms: 4 }),
      request({ route: "/a", release: "1", duration_ms: 4, status: 500 }),
      request({ route: "/a", release: "2", duration_ms: 400, environment: "staging" }, hourAgo),
      request({ svc_name: "b", route: "/b", duration_ms: undefined, status: 404 }),
      // No requests: a log of nothing, and one that names no status.
      new Source().log({ status: undefined, route: "/a", release: "3" }),
    ]);
    const { since, until } = { since: nowMs - 2 * HOUR_MS, until: nowMs + MINUTE_MS };
    const nothing = { svc_name: null, route: null, release: null, environment: null };
    assertEquals(await store.traffic({ since, until }), [
      { ...ROW, ...nothing, info: 5, requests: 4, failures: 1, p50_ms: 4.375, p95_ms: 462.5 },
    ]);
    assertEquals(await store.traffic({ since, until, by: ["route", "release"], svc_name: "a" }), [
      {
        ...{ ...ROW, route: "/a", release: "1", info: 2, requests: 2, failures: 1 },
        ...{ p50_ms: 3.75, p95_ms: 4.875 },
      },
      { ...ROW, route: "/a", release: "2", info: 1, requests: 1, p50_ms: 375, p95_ms: 487.5 },
    ]);
    const minutes = await store.traffic({ since, until, by: ["route"], step: "minute" });
    assertEquals(minutes.map(({ at, route, requests }) => [at, route, requests]), [
      [isoStep(hourAgo, MINUTE_MS), "/a", 1],
      // A record that is no request has no route.
      [isoStep(nowMs, MINUTE_MS), null, 0],
      [isoStep(nowMs, MINUTE_MS), "/a", 2],
      [isoStep(nowMs, MINUTE_MS), "/b", 1],
    ]);
    const hours = await store.traffic({ since, until, environment: "staging", step: "hour" });
    assertEquals(hours.map(({ at, requests }) => [at, requests]), [[
      isoStep(hourAgo, HOUR_MS),
      1,
    ]]);
    assertEquals(await store.traffic({ since, until, route: "/nowhere" }), []);
  });

  test("a request counts in its own time, or now where its clock is ahead", async (store) => {
    const { request, nowMs } = world();
    const early = nowMs - 3 * DAY_MS;
    await store.write([
      request({ release: "1" }, early),
      request({ release: "1" }, nowMs + 4 * MINUTE_MS),
      request({ release: "1" }, nowMs + 400 * DAY_MS),
      // Older than any hour that is kept: the release's totals alone have it.
      request({ release: "1" }, nowMs - 200 * DAY_MS),
    ]);
    const hours = await store.traffic({ ...ALWAYS, step: "hour" });
    assertEquals(hours.map(({ at, requests }) => [at, requests]), [
      [isoStep(early, HOUR_MS), 1],
      [isoStep(nowMs, HOUR_MS), 2],
    ]);
    const { items: [release] } = await store.releases({});
    assertEquals(release!.requests, 4);
    assertEquals(release!.first_seen, new Date(nowMs - 200 * DAY_MS).toISOString());
    assertEquals(Date.parse(release!.last_seen) <= Date.now(), true);
  });

  test("releases are listed by their first appearance, with what is new in each", async (store) => {
    const { request, source } = world();
    await store.write([
      request({ release: "1" }),
      request({ release: "1", svc_name: "b" }),
      source.failure("x", { svc_name: "a", release: "1" }),
    ]);
    await store.write([request({ release: "2" }), source.log({ svc_name: "a", release: "3" })]);
    const { items: [found] } = await store.listErrors({ limit: 1 });
    await store.change([found!.id], { action: "resolve" });
    await store.write([
      source.failure("x", { svc_name: "a", release: "2" }),
      source.failure("y", { svc_name: "a", release: "2" }),
      request({ release: "1" }),
    ]);
    const first = await store.releases({ svc_name: "a", limit: 2 });
    assertEquals(first.total, 3);
    const rest = await store.releases({ svc_name: "a", limit: 2, cursor: first.next! });
    assertEquals(rest.next, null);
    const rows = [...first.items, ...rest.items].map(({ release, ...row }) => [
      release,
      ...[row.requests, row.failures, row.new_errors, row.came_back],
    ]);
    assertEquals(rows, [["3", 0, 0, 0, 0], ["2", 3, 2, 1, 1], ["1", 3, 1, 1, 0]]);
    const named = await store.releaseNames({ svc_name: "a", limit: 2 });
    assertEquals(
      named,
      first.items.map(({ svc_name, release, first_seen }) => ({ svc_name, release, first_seen })),
    );
    assertEquals(await store.releaseNames({ svc_name: "none" }), []);
  });

  test("names that are odd or too long lose no request", async (store) => {
    const { request } = world();
    const odd = ["\0", "\ud800x", "x".repeat(5_000), "%' or 1=1 --", "(others)", "…", "\n\n", "é"];
    const all = odd.flatMap((name) => [
      request({ svc_name: name, route: name, release: name, environment: name }),
      request({ svc_name: "a", route: "一".repeat(400) + name, release: "二".repeat(256) }),
    ]);
    await store.write(all);
    assertEquals(await sum(store), [all.length, 0]);
    const { items } = await store.releases({ limit: 100 });
    assertEquals(items.reduce((all, { requests }) => all + requests, 0), all.length);
    assertEquals((await store.traffic({ ...ALWAYS, svc_name: "\ufffdx" })).length, 1);
  });

  test("series beyond the bound are counted in one, and no request is lost", async (store) => {
    const { request } = world();
    await store.write([request({ svc_name: "quiet", route: "/" })]);
    const surplus = 30;
    const made = times(MAX_SERVICE_SERIES + surplus, (i) => request({ route: `/${i}` }));
    for (let at = 0; at < made.length; at += 500) await store.write(made.slice(at, at + 500));
    await store.write(made.slice(-surplus).map((_, i) => request({ route: `/again/${i}` })));
    assertEquals(await sum(store), [made.length + surplus + 1, 0]);
    const [others] = await store.traffic({ ...ALWAYS, svc_name: "a", route: OTHERS });
    assertEquals(others!.requests, 2 * surplus);
    assertEquals((await store.traffic({ ...ALWAYS, route: "/0" }))[0]!.requests, 1);
  });

  test("retention keeps a day of minutes, the hours of its days, and all totals", async (store) => {
    const { request, nowMs } = world();
    const ago = [MINUTE_MS, 2 * DAY_MS, 5 * DAY_MS].map((ms) => nowMs - ms);
    await store.write(ago.map((timeMs) => request({ release: "1" }, timeMs)));
    const steps = async (step: "minute" | "hour") =>
      (await store.traffic({ ...ALWAYS, step })).map(({ at }) => at);
    assertEquals(await steps("minute"), [isoStep(ago[0]!, MINUTE_MS)]);
    assertEquals(await steps("hour"), ago.toReversed().map((ms) => isoStep(ms, HOUR_MS)));
    await sweep(store, { days: 3 }, nowMs);
    assertEquals(await steps("hour"), [ago[1]!, ago[0]!].map((ms) => isoStep(ms, HOUR_MS)));
    await sweep(store, { days: 90 }, nowMs + 2 * DAY_MS);
    assertEquals(await steps("minute"), []);
    assertEquals(await sum(store), [2, 0]);
    // Silent for longer than anything is kept: its series is forgotten, and counts again when it is back.
    await sweep(store, { days: 90 }, nowMs + 100 * DAY_MS);
    assertEquals(await store.traffic(ALWAYS), []);
    await store.write([request({ release: "1" })]);
    assertEquals(await sum(store), [1, 0]);
    assertEquals((await store.releases({})).items[0]!.requests, 4);
  });

  test("of too many series the old ones are counted by route, then together", async (store) => {
    const { request, nowMs } = world();
    const deploys = MAX_SERVICE_SERIES * 3 / 4 + 1;
    // A series that others are to be added to may be old as well.
    await store.write([request({ release: OTHERS, route: "/0" })]);
    const made = times(deploys - 1, (i) => request({ release: `${i}`, route: `/${i % 3}` }));
    await store.write(made);
    const routes = await store.traffic({ ...ALWAYS, by: ["route"] });
    // A day later all of them are old, and one new release comes.
    await sweep(store, { days: 90 }, nowMs + DAY_MS + 2 * HOUR_MS);
    assertEquals(await store.traffic({ ...ALWAYS, by: ["route"] }), routes);
    const [others] = await store.traffic({ ...ALWAYS, release: OTHERS });
    assertEquals(others!.requests, 20);
    // What is added up of all routes says the same as route by route.
    const byRelease = await store.traffic({ ...ALWAYS, by: ["release"] });
    const detailed = Map.groupBy(
      await store.traffic({ ...ALWAYS, by: ["route", "release"] }),
      ({ release }) => release,
    );
    assertEquals(
      byRelease.map(({ release, requests, info }) => [release, requests, info]).sort(),
      Array.from(detailed, ([release, rows]) => {
        const all = rows.reduce((sum, { requests }) => sum + requests, 0);
        return [release, all, all];
      }).sort(),
    );
  });

  test("a small store keeps few counts", async (store) => {
    const { request, nowMs } = world();
    const made = times(4_000, (i) => request({ route: `/${i % 40}` }, nowMs - i * 13 * MINUTE_MS));
    for (let at = 0; at < made.length; at += 1_000) await store.write(made.slice(at, at + 1_000));
    const before = await store.traffic({ ...ALWAYS, step: "hour", by: ["route"] });
    await sweep(store, { days: 90, maxMegabytes: 0.5 }, nowMs);
    const after = await store.traffic({ ...ALWAYS, step: "hour", by: ["route"] });
    assertEquals(after.length < before.length, true, `${after.length} of ${before.length}`);
    assertEquals(after, before.slice(-after.length));
  });

  test("counts are those of a naive count, whatever comes twice", async (store) => {
    const nowMs = Date.now();
    const name = fc.constantFrom("a", "b", "");
    const request = fc.record({
      svc_name: fc.constantFrom("a", "b"),
      route: fc.constantFrom("/a", "/b"),
      release: name,
      environment: name,
      status: fc.constantFrom(200, 301, 404, 499, 500, 503, undefined),
      level: fc.constantFrom(...LEVELS),
      duration_ms: fc.double({ min: 0, max: 20_000, noNaN: true }),
      agoMs: fc.integer({ min: 0, max: 100 * DAY_MS }),
    });
    const batches = fc.sample(fc.array(request, { maxLength: 40 }), { numRuns: 12, seed: 7 });
    const source = new Source();
    const written: Entry[] = [];
    for (const batch of batches) {
      const fresh = batch.map(({ agoMs, release, ...parts }) =>
        source.log({
          ...parts,
          ...(release !== "" && { release }),
          time: new Date(nowMs - agoMs).toISOString(),
        })
      );
      // What came before comes again, in the same batch and alone.
      await store.write([...fresh, ...written.slice(-5), ...fresh.slice(0, 3)]);
      written.push(...fresh);
      await store.write(written.slice(-7));
    }
    const records = written.map(({ record }) => record);
    for (
      const by of [
        ...[[], ["environment"], ["route"], ["svc_name", "environment"], ["svc_name", "release"]],
        NAMES,
      ] as const
    ) {
      const expected = naively(records.filter(({ time }) => isKept(time, nowMs)), by);
      const rows = await store.traffic({ ...ALWAYS, by });
      assertEquals(
        rows.map((row) => [nameOf(row, by), row.requests, row.failures, ...levelsOf(row)]),
        expected,
      );
    }
    const { items } = await store.releases({ limit: 100 });
    assertEquals(
      items.map((row) => [nameOf(row, ["svc_name", "release"]), row.requests, row.failures]).sort(),
      naively(records.filter(({ release }) => release), ["svc_name", "release"])
        .map((row) => row.slice(0, 3)),
    );
    // The same route of another service is another one.
    const routes = [{ svc_name: "a", route: "/b" }, { svc_name: "b", route: "/a" }];
    const ofRoutes = await store.traffic({ ...ALWAYS, by: ["svc_name", "route"], routes });
    const all = await store.traffic({ ...ALWAYS, by: ["svc_name", "route"] });
    assertEquals(
      ofRoutes,
      all.filter((row) => row.route === (row.svc_name === "a" ? "/b" : "/a")),
    );
    assertEquals(await store.traffic({ ...ALWAYS, by: ["route"], routes: [] }), []);
    assertEquals(
      await store.traffic({ ...ALWAYS, durations: false }),
      (await store.traffic(ALWAYS)).map((row) => ({ ...row, p50_ms: null, p95_ms: null })),
    );
    assertEquals(await store.services(), ["a", "b"]);
  });
}

const ROW = {
  at: null,
  svc_name: null,
  route: null,
  release: null,
  environment: null,
  failures: 0,
  ...{ debug: 0, info: 0, warn: 0, error: 0, critical: 0 },
};

function world() {
  const source = new Source();
  const nowMs = Date.now();
  const request = (parts: Partial<LogRecord>, timeMs = nowMs) =>
    source.log({ svc_name: "a", duration_ms: 1, status: 200, time: iso(timeMs), ...parts });
  return { source, nowMs, request };
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

function isoStep(timeMs: number, stepMs: number): string {
  return iso(timeMs - timeMs % stepMs);
}

async function sweep(
  store: Store,
  limits: Partial<RetentionLimits>,
  now: number,
): Promise<void> {
  const all = { days: 90, keepOccurrences: 100, maxMegabytes: 1024, ...limits };
  while ((await store.sweep(all, now)).more);
}

async function sum(store: Store): Promise<number[]> {
  const [row] = await store.traffic(ALWAYS);
  return [row!.requests, row!.failures];
}

/** The hours of ninety days. */
function isKept(time: string, nowMs: number): boolean {
  return Math.floor(Date.parse(time) / MINUTE_MS) > Math.floor(nowMs / MINUTE_MS) - 90 * 24 * 60;
}

type Names = readonly (typeof NAMES)[number][];

function naively(records: readonly LogRecord[], by: Names) {
  const groups = Map.groupBy(records, (record) => nameOf(record, by));
  return Array.from(groups, ([name, all]) => [
    name,
    all.filter(({ status }) => status !== undefined).length,
    all.filter(({ status }) => status! >= 500).length,
    ...LEVELS.map((wanted) => all.filter(({ level }) => level === wanted).length),
  ]).sort();
}

function levelsOf({ debug, info, warn, error, critical }: TrafficRow): number[] {
  return [debug, info, warn, error, critical];
}

function nameOf(row: Partial<TrafficRow> | Release | LogRecord, by: Names): string {
  const isLogged = "seq" in row && row.status === undefined;
  return by.map((name) =>
    isLogged && name === "route" ? "" : (row as Record<string, unknown>)[name] || ""
  ).join(" ");
}
