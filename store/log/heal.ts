/** Brings log records of the future to the present: see ../schema/heal.ts. */
import type { Session } from "../drivers/database.ts";
import { healed, type HealTimes } from "../schema/heal.ts";
import { lock } from "../drivers/locks.ts";
import { byTime, type Line, withJson } from "./lines.ts";
import { readBlock } from "./retention.ts";
import { insertBlock, removeBlocks, sealStep } from "./seal.ts";

/** One step: a block. True while there may be more. Part of a transaction. */
export async function healLog(session: Session, { nowMs, lastMs }: HealTimes): Promise<boolean> {
  if (await next(session, lastMs) === undefined && !await isInTail(session, lastMs)) return false;
  await lock(session, "sweeping");
  await sealStep(session, { where: "last_time > $1", values: [lastMs], isFinal: true });
  // Again, now that nobody else does it.
  const block = await next(session, lastMs);
  if (block === undefined) return await isInTail(session, lastMs);
  const lines = await readBlock(session, block.id);
  if (lines.length > 0) {
    const moved = lines.map((line) => line.timeMs > lastMs ? atTime(line, nowMs) : line);
    await insertBlock(session, { service: block.svc_name, lines: moved.sort(byTime) });
    await removeBlocks(session, [block.id]);
  } else {
    // It cannot be read, and is not destroyed either.
    await session.run(
      "update holdfast.log_blocks set first_time = $1, last_time = $1 where id = $2",
      [nowMs, block.id],
    );
  }
  return true;
}

function atTime(line: Line, nowMs: number): Line {
  return { ...withJson(line, (json) => healed(json, nowMs).line), timeMs: nowMs };
}

function next(
  session: Session,
  lastMs: number,
): Promise<{ id: number; svc_name: string | null } | undefined> {
  return session.get(
    `select id, svc_name from holdfast.log_blocks where last_time > $1
     order by last_time desc limit 1`,
    [lastMs],
  );
}

async function isInTail(session: Session, lastMs: number): Promise<boolean> {
  const row = await session.get("select id from holdfast.log_tail where last_time > $1 limit 1", [
    lastMs,
  ]);
  return row !== undefined;
}
