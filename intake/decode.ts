import { type Decoded, type Delivery, type Protocol, type Turns, Undecodable } from "./intake.ts";

/** Reads one kind of deliveries. */
export type Decoder = (delivery: Delivery, turns?: Turns) => Decoded | Promise<Decoded>;

type Load = () => Promise<Decoder>;

/** Each is loaded when the first request of its kind comes. */
export const DECODERS: Partial<Record<Protocol, Load>> = {
  logs: async () => (await import("./otlp/otlp.ts")).decodeLogs,
  traces: async () => (await import("./otlp/otlp.ts")).decodeTraces,
  envelope: async () => (await import("./sentry/decode_envelope.ts")).decodeEnvelope,
  store: async () => (await import("./sentry/decode_store.ts")).decodeStore,
  security: async () => (await import("./sentry/decode_security.ts")).decodeSecurity,
};

const loaded = new Map<Load, Decoder>();

/** Reads a delivery. @throws {Undecodable} when nothing of it can be read, and what `turns` throws. */
export async function decode(delivery: Delivery, turns?: Turns): Promise<Decoded> {
  const load = DECODERS[delivery.protocol];
  if (load === undefined) {
    throw new Undecodable(400, "intake.unknown", `no reports come as ${delivery.protocol}`);
  }
  const decoder = loaded.get(load) ?? await load();
  loaded.set(load, decoder);
  return await decoder(delivery, turns);
}
