import type { Delivery } from "../../intake/intake.ts";
import type { PlainBody } from "./faulty_intake.ts";
import type { Report } from "../../store/report.ts";

/** The worker that reads plain deliveries. */
export const PLAIN_WORKER = new URL("./faulty_intake.ts", import.meta.url);

/** A delivery in the plain form of `faulty_intake.ts`. */
export function plainDelivery(body: PlainBody): Delivery {
  return {
    protocol: "store",
    body: new TextEncoder().encode(JSON.stringify(body)),
    otherwise: "shop",
    client: "test/1.0",
    receivedMs: Date.now(),
  };
}

/** A failure of a shop. */
export function failureReport(message: string, more: Partial<Report> = {}): Report {
  return {
    svc_name: "shop",
    level: "ERROR",
    message,
    error: {
      type: "ShopError",
      message,
      stack: `ShopError: ${message}\n    at buy (/shop/buy.ts:7:3)`,
    },
    ...more,
  };
}
