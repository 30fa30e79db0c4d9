import * as Sentry from "@sentry/browser";
import { loadPrice, priceOf } from "./prices.js";

Sentry.init({ dsn: globalThis.DSN, release: RELEASE, environment: "production" });
Sentry.setUser({ id: "u-42" });

function checkout(sku) {
  return loadPrice(sku);
}

globalThis.shop = {
  total() {
    setTimeout(() => priceOf({ items: [{}] }), 0);
  },
  buy() {
    try {
      checkout("A-17");
    } catch (error) {
      Sentry.captureException(error);
    }
  },
  sent: () => Sentry.flush(10_000),
};
