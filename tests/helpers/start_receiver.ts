import type { AlertSettings } from "../../logging/protocol.ts";
import type { AlertFormat, AlertTarget } from "../../store/alert_target.ts";

/** Alerts that go to one address, about everything. */
export function alertsTo(url: string, boardUrl?: string): AlertSettings {
  return { targets: [targetAt(url)], boardUrl };
}

/** An address, by the old name of its variable. */
export function targetAt(url: string, format: AlertFormat = "json"): AlertTarget {
  return { format, url, name: "ALERT_WEBHOOK_URL", filters: [{ service: "", minSeverity: 0 }] };
}

/** How a receiver answers. */
export type Answer = () => Response | Promise<Response>;

/** A webhook's other end, on loopback. */
export interface Receiver extends AsyncDisposable {
  /** Where it listens. */
  readonly url: string;
  /** What it was sent, in order, whatever it answered. */
  // deno-lint-ignore no-explicit-any -- tests reach into messages
  readonly messages: any[];
  /** How it answers from now on. */
  answer: Answer;
}

/** Starts a receiver that takes everything; `port` for one that comes back. */
export function startReceiver({ port = 0 }: { port?: number } = {}): Receiver {
  const receiver = {
    url: "",
    // deno-lint-ignore no-explicit-any -- tests reach into messages
    messages: [] as any[],
    answer: (() => new Response("ok")) as Answer,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, async (request) => {
    receiver.messages.push(await request.json());
    return await receiver.answer();
  });
  receiver.url = `http://127.0.0.1:${server.addr.port}/hook`;
  return receiver;
}
