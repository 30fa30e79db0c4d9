/**
 * Loaded before `main.ts` into the process that is measured: how late its event loop is. Asked for at a port of its own; every
 * answer begins anew.
 *
 * @module
 */

const PORT = Number(Deno.env.get("BENCH_LOOP_PORT"));
/** A timer this often: it costs the loop next to nothing, and a task that blocks for longer is seen. */
const EVERY_MS = 2;

let dueMs = performance.now() + EVERY_MS;
let longestMs = 0;

function tick(): void {
  const nowMs = performance.now();
  longestMs = Math.max(longestMs, nowMs - dueMs);
  dueMs = nowMs + EVERY_MS;
  again();
}

function again(): void {
  // Deno runs `main.ts` when nothing that was loaded before it keeps the loop alive.
  Deno.unrefTimer(setTimeout(tick, EVERY_MS));
}

again();
const server = Deno.serve({ hostname: "127.0.0.1", port: PORT, onListen: () => {} }, () => {
  const answer = Response.json({ longestMs });
  longestMs = 0;
  return answer;
});
server.unref();
