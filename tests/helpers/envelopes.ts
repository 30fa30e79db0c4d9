import type { TestApp } from "./start_app.ts";

/** A key that may be in a DSN. */
export const SHOP_KEY = "0123456789abcdef0123456789abcdef";
/** One that stands in a page. */
export const PAGE_KEY = "fedcba9876543210fedcba9876543210";
/** One that belongs to no service. */
export const BARE_KEY = "00112233445566778899aabbccddeeff";

/** Keys of an app of these tests. */
export const DSN_KEYS = [
  { key: SHOP_KEY, service: "shop" },
  { key: PAGE_KEY, service: "page", isPublic: true },
  { key: BARE_KEY },
] as const;

/** An event, as a client of Sentry's makes one. */
export function errorEvent(message: string, more: Record<string, unknown> = {}) {
  return {
    event_id: crypto.randomUUID().replaceAll("-", ""),
    level: "error",
    platform: "node",
    exception: { values: [{ type: "ShopError", value: message }] },
    ...more,
  };
}

/** An envelope with these items, each without its length, as JavaScript's clients write it. */
export function envelope(
  items: readonly (readonly [type: string, payload: unknown])[],
  header: Record<string, unknown> = {},
): string {
  const lines = items.flatMap(([type, payload]) => [{ type }, payload]);
  return [header, ...lines].map((line) => JSON.stringify(line)).join("\n");
}

/** An envelope with one event. */
export function eventEnvelope(message: string, header: Record<string, unknown> = {}): string {
  return envelope([["event", errorEvent(message)]], header);
}

/** Posts a body. */
export function post(
  app: Pick<TestApp, "request">,
  path: string,
  body: BodyInit,
  headers: Record<string, string> = {},
): Promise<Response> {
  return app.request(path, { method: "POST", body, headers });
}

/** How many errors of a service the store has, once everything is in it. */
export async function errorsOf(app: TestApp, service: string): Promise<number> {
  await app.logging.flush({ deadlineMs: 30_000 });
  const { items } = await app.logging.store.listErrors({ svc_name: service, limit: 100 });
  return items.reduce((sum, { count }) => sum + count, 0);
}
