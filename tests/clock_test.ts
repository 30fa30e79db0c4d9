/**
 * What becomes of durations when the wall clock is set: nothing.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { Access } from "../board/access/access.ts";
import { Attempts } from "../board/access/attempts.ts";
import { StoreClient } from "../logging/store_client.ts";
import type { Question } from "../logging/protocol.ts";
import { LiveTails } from "../logging/live_tails.ts";
import { atTime } from "./helpers/at_time.ts";
import { startLog, storedMessages } from "./helpers/start_log.ts";

const OPERATOR = { token: "token", mayWrite: true };
const YEARS_MS = 10 * 365 * 24 * 60 * 60 * 1000;
const CLOCKS = [["years back", -YEARS_MS], ["years ahead", YEARS_MS]] as const;

for (const [way, byMs] of CLOCKS) {
  const clockSet = <T>(work: () => T | Promise<T>) =>
    atTime(Date.now() + byMs, () => Promise.resolve(work()));

  Deno.test(`a clock that is set ${way} shuts nobody out for longer, and lets nobody in sooner`, async () => {
    const attempts = new Attempts({ limits: { perAddress: 1, overall: 9 } });
    attempts.countFailure("10.0.0.1");
    const waitS = attempts.secondsToWait("10.0.0.1");
    await clockSet(() => {
      assert(Math.abs(attempts.secondsToWait("10.0.0.1") - waitS) <= 1);
      assertEquals(attempts.secondsToWait("10.0.0.2"), 0);
    });
  });

  Deno.test(`a ticket outlives a clock that is set ${way}`, async () => {
    const access = new Access([OPERATOR]);
    const ticket = access.newTicket();
    assertEquals(await clockSet(() => access.redeem(ticket)), OPERATOR);
  });

  Deno.test(`a question to the worker is answered when the clock is set ${way}`, async () => {
    await using world = startLog();
    await world.logging.ready;
    const { logs } = await clockSet(() => world.logging.store.health());
    assertEquals(typeof logs, "number");
  });

  Deno.test(`a log that closes while the clock is set ${way} stores all of it`, async () => {
    await using world = startLog();
    await world.logging.ready;
    world.logging.logger.info("the last word");
    const flushed = await clockSet(() => world.logging.close({ deadlineMs: 5_000 }));
    assertEquals([flushed.timedOut, flushed.spilled], [false, 0]);
    assertEquals(storedMessages(world.storePath), ["the last word"]);
  });

  Deno.test(`a live tail goes on when the clock is set ${way}`, async () => {
    const record = { message: "it arrives" };
    let asked = 0;
    const tails = new LiveTails({
      // deno-lint-ignore require-await -- as the store is
      async logsAfter() {
        const items = ++asked > 1 ? [{ position: "p", record }] : [];
        return { items, position: "p", more: asked <= 1 } as never;
      },
    });
    const reader = (await tails.open({ last: 0 })).getReader();
    await reader.read();
    const { value } = await clockSet(() => reader.read());
    assert(value!.includes("it arrives"));
    await reader.cancel();
  });
}

Deno.test("the deadline of a question is one of this thread's steady clock", async () => {
  const { port1, port2 } = new MessageChannel();
  const asked = new Promise<Question>((resolve) => port2.onmessage = ({ data }) => resolve(data));
  const client = new StoreClient();
  client.connect(port1);
  client.store.health().catch(() => {});
  const { deadlineMs } = await asked;
  const leftMs = deadlineMs - performance.now();
  assert(leftMs > 0 && leftMs <= 5_000, `${leftMs} ms are left`);
  client.close();
  port1.close();
  port2.close();
});
