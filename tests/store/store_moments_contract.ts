/**
 * What every store promises of when errors were new, came back, rose and were fixed.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import type { ErrorFilters, ErrorSummary, State, Store, What } from "../../store/store.ts";
import { DAY_MS, HOUR_MS } from "../../store/times.ts";
import { atTime } from "../helpers/at_time.ts";
import { Source, times } from "./entries.ts";
import type { StoreTest } from "./store_contract.ts";

const KEYS = ["a", "b", "c", "d", "e"] as const;
const WHATS = ["new", "back", "rising", "fixed"] as const;

/** What happens to one of the errors, some time after what happened before. */
interface Step {
  key: (typeof KEYS)[number];
  afterMs: number;
  /** Occurrences; or what a person does. */
  deed: number | "resolve" | "mute" | "reopen";
}

/** The tests; `test` runs one on a store of its own. */
export function storeMomentsContract(test: StoreTest): void {
  test("what is new, came back, rose and was fixed is found by when it was so", async (store) => {
    const steps = fc.sample(
      fc.array(
        fc.record({
          key: fc.constantFrom(...KEYS),
          afterMs: fc.oneof(fc.constant(60_000), fc.integer({ min: 1, max: 4 * HOUR_MS })),
          deed: fc.oneof(
            { weight: 8, arbitrary: fc.integer({ min: 1, max: 5 }) },
            { weight: 4, arbitrary: fc.integer({ min: 10, max: 70 }) },
            {
              weight: 2,
              arbitrary: fc.constantFrom("resolve", "resolve", "mute", "reopen", "reopen"),
            },
          ),
        }) as fc.Arbitrary<Step>,
        { minLength: 150, maxLength: 150 },
      ),
      { numRuns: 1, seed: 5 },
    )[0]!;
    const story = new Story(store);
    for (const step of steps) await story.go(step);
    const { nowMs, known } = story;
    const rose = [...known.values()].filter(({ moments }) => moments.rising !== null)
      .sort((a, b) => b.moments.rising! - a.moments.rising!);
    assertEquals(rose.length > 1, true, "the story has errors that rose");
    assertEquals(
      (await listed(store, {})).map(seen),
      story.inOrder.map(({ expected }) => expected),
    );
    for (const what of WHATS) {
      for (const ago of [1, 6, 24, 30 * 24]) {
        const since = nowMs - ago * HOUR_MS;
        await story.check({ what, since });
        await story.check({ what, since, until: nowMs - HOUR_MS });
      }
      for (const { moments } of known.values()) {
        const since = moments[what];
        if (since === null) continue;
        await story.check({ what, since, until: since + 1 });
        await story.check({ what, since: since + 1 });
      }
      // Without a time since a day ago.
      const lately = await atTime(nowMs, () => listed(store, { what }));
      assertEquals(lately.map(({ id }) => id), story.idsOf({ what, since: nowMs - DAY_MS }));
    }
    const [one, other] = rose as [Known, Known];
    await store.merge(one.id, { into: other.id });
    const joint = await store.error(other.id);
    for (const [what, field] of [["back", "came_back_at"], ["rising", "rising_at"]] as const) {
      const both = [one, other].map(({ moments }) => moments[what] ?? 0);
      assertEquals(joint![field], isoOrNull(Math.max(...both) || null));
    }
    await store.remove(other.id);
    const left = await listed(store, { what: "rising", since: 0 });
    assertEquals(left.some(({ id }) => id === other.id || id === one.id), false);
  });

  test(
    "an error that is split off has come back and risen with the other",
    async (store, source) => {
      const fail = (message: string) =>
        store.write([source.failure("a", { error: { type: "TypeError", message } })]);
      const { alerts: [opened] } = await fail("one way");
      await store.change([opened!.error.id], { action: "resolve" });
      await fail("one way");
      await fail("another way");
      const twin = await store.split(opened!.error.id, { variant: "another way" });
      const both = (await listed(store, { what: "back" })).map(({ id, came_back_at }) => (
        { id, came_back_at }
      ));
      assertEquals(both.length, 2);
      assertEquals(both[0]!.came_back_at, both[1]!.came_back_at);
      assertEquals(both.some(({ id }) => id === twin!.id), true);
    },
  );
}

interface Known {
  id: string;
  state: State;
  lastMs: number;
  moments: Record<What, number | null>;
  /** Occurrences by hour. */
  hours: Map<number, number>;
  /** By hour: from how many on it is rising, where that was asked. */
  alarms: Map<number, number>;
}

/** Does things to a store, and counts by itself what should come of them. */
class Story {
  readonly #store: Store;
  readonly known = new Map<string, Known>();
  /** Of all runs the same within its hour: whether an error rises depends on it. */
  nowMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 20 * DAY_MS;

  constructor(store: Store) {
    this.#store = store;
  }

  async go({ key, afterMs, deed }: Step): Promise<void> {
    this.nowMs += afterMs;
    await atTime(this.nowMs, async () => {
      if (typeof deed === "number") return await this.#fail(key, deed);
      const error = this.known.get(key);
      if (error === undefined) return;
      await this.#store.change([error.id], { action: deed });
      if (deed === "resolve" && error.state !== "resolved") error.moments.fixed = this.nowMs;
      if (deed !== "resolve") error.moments.fixed = null;
      error.state = deed === "resolve" ? "resolved" : deed === "mute" ? "muted" : "open";
    });
  }

  async #fail(key: string, count: number): Promise<void> {
    const { nowMs } = this;
    const source = new Source(nowMs);
    const entries = times(
      count,
      () => source.failure(key, { time: new Date(nowMs).toISOString() }),
    );
    const { alerts } = await this.#store.write(entries);
    const error = this.known.get(key);
    if (error === undefined) {
      const moments = { new: nowMs, back: null, rising: null, fixed: null };
      const hours = new Map([[Math.floor(nowMs / HOUR_MS), count]]);
      const { id } = alerts[0]!.error;
      this.known.set(key, {
        ...{ id, state: "open", lastMs: nowMs, moments, hours, alarms: new Map() },
      });
      return;
    }
    error.lastMs = nowMs;
    const hour = Math.floor(nowMs / HOUR_MS);
    const all = (error.hours.get(hour) ?? 0) + count;
    error.hours.set(hour, all);
    if (error.state === "resolved") {
      Object.assign(error, {
        state: "open",
        moments: { ...error.moments, back: nowMs, fixed: null },
      });
    } else if (error.state === "open" && all >= 20 && error.moments.new! <= nowMs - 3 * HOUR_MS) {
      const asked = error.alarms.get(hour);
      const alarm = asked ?? alarmOf(error, hour);
      error.alarms.set(hour, alarm);
      if (all >= alarm && (asked === undefined || all - count < alarm)) {
        error.moments.rising = nowMs;
      }
    }
  }

  get inOrder(): (Known & { expected: unknown })[] {
    return [...this.known.values()].sort((a, b) => b.lastMs - a.lastMs).map((error) => ({
      ...error,
      expected: [
        error.id,
        error.state,
        isoOrNull(error.moments.back),
        isoOrNull(error.moments.rising),
      ],
    }));
  }

  idsOf(
    { what, since, until = Infinity }: { what: What; since: number; until?: number },
  ): string[] {
    return this.inOrder.filter(({ moments }) => {
      const moment = moments[what];
      return moment !== null && moment >= since && moment < until;
    }).map(({ id }) => id);
  }

  /** The list has them, and the counts. */
  async check(asked: { what: What; since: number; until?: number }): Promise<void> {
    const ids = this.idsOf(asked);
    assertEquals(
      (await listed(this.#store, asked)).map(({ id }) => id),
      ids,
      JSON.stringify(asked),
    );
    const states = [...this.known.values()].filter(({ id }) => ids.includes(id));
    const open = states.filter(({ state }) => state === "open").length;
    const counts = await this.#store.stateCounts(asked);
    assertEquals([counts.open, counts.open + counts.muted + counts.resolved], [open, ids.length]);
    assertEquals(await this.#store.stateCounts({ ...asked, state: "open" }), {
      ...{ open, resolved: 0, muted: 0 },
    });
  }
}

/** Ten times as often as in the mean hour of the last week; never in an hour after one that was such an hour. */
function alarmOf({ hours, alarms }: Known, hour: number): number {
  const week = [...hours].filter(([at]) => at < hour && at >= hour - 7 * 24);
  const mean = week.length === 0 ? 0 : week.reduce((sum, [, n]) => sum + n, 0) / week.length;
  const alarm = Math.max(20, Math.ceil(10 * mean));
  const last = hours.get(hour - 1) ?? 0;
  return last >= alarm || last >= (alarms.get(hour - 1) ?? Infinity) ? Infinity : alarm;
}

async function listed(store: Store, filters: ErrorFilters): Promise<ErrorSummary[]> {
  return (await store.listErrors({ ...filters, limit: 50 })).items;
}

function seen({ id, state, came_back_at, rising_at }: ErrorSummary) {
  return [id, state, came_back_at, rising_at];
}

function isoOrNull(timeMs: number | null): string | null {
  return timeMs === null ? null : new Date(timeMs).toISOString();
}
