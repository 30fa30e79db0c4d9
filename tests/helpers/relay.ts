/**
 * A wire between a client and a server on loopback that a test can slow down, choke, or plug in elsewhere: what a network
 * does, and what the one address of several servers does.
 *
 * @module
 */
import { pause } from "../../logging/pause.ts";

/** Bytes that cross at once where the wire is narrow: small enough that it trickles. */
const DROP_BYTES = 1024;

/** A wire from its own port to another. */
export interface Relay extends AsyncDisposable {
  /** Where clients find it. */
  readonly port: number;
  /** The port that connections lead to from now on; those that are there stay where they are. */
  target: number;
  /** Each way takes so long. */
  delayMs: number;
  /** So much crosses each connection and way in a second. */
  bytesPerSecond: number;
  /** Connections that are open now. */
  readonly connections: number;
  /** Accepts all and carries nothing, until it is told to go on: then all that waited arrives, late. */
  hold(isHeld: boolean): void;
}

/** Listens on a free port. */
export function startRelay(target: number): Relay {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const ends = new Set<Deno.TcpConn>();
  const closing = new AbortController();
  let held: PromiseWithResolvers<void> | undefined;
  const relay: Relay = {
    port: listener.addr.port,
    target,
    delayMs: 0,
    bytesPerSecond: Infinity,
    get connections() {
      return ends.size / 2;
    },
    hold(isHeld) {
      held?.resolve();
      held = isHeld ? Promise.withResolvers() : undefined;
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      relay.hold(false);
      listener.close();
      for (const end of ends) hangUp(end);
      await accepting;
    },
  };
  const accepting = acceptAll();
  return relay;

  async function acceptAll(): Promise<void> {
    const carried: Promise<void>[] = [];
    for await (const client of listener) carried.push(join(client));
    await Promise.all(carried);
  }

  async function join(client: Deno.TcpConn): Promise<void> {
    let server: Deno.TcpConn;
    try {
      server = await Deno.connect({ hostname: "127.0.0.1", port: relay.target });
    } catch {
      return client.close();
    }
    client.setNoDelay(true);
    server.setNoDelay(true);
    ends.add(client).add(server);
    await Promise.all([carry(client, server), carry(server, client)]);
  }

  async function carry(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
    let last = Promise.resolve();
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (;;) {
        const count = await from.read(buffer);
        if (count === null) break;
        const bytes = buffer.slice(0, count);
        const dueMs = performance.now() + relay.delayMs;
        last = last.then(() => deliver(bytes, { to, dueMs })).catch(() => hangUp(from));
      }
    } catch {
      // It was hung up.
    }
    await last;
    await held?.promise;
    hangUp(from);
    hangUp(to);
  }

  async function deliver(
    bytes: Uint8Array,
    { to, dueMs }: { to: Deno.TcpConn; dueMs: number },
  ): Promise<void> {
    await pause(Math.max(dueMs - performance.now(), 0), closing.signal);
    for (let at = 0; at < bytes.length;) {
      const isNarrow = relay.bytesPerSecond < Infinity;
      const drop = bytes.subarray(at, isNarrow ? at + DROP_BYTES : undefined);
      if (isNarrow) await pause(1000 * drop.length / relay.bytesPerSecond, closing.signal);
      await held?.promise;
      at += await to.write(drop);
    }
  }

  function hangUp(end: Deno.TcpConn): void {
    if (ends.delete(end)) end.close();
  }
}
