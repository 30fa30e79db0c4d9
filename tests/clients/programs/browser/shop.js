import * as Sentry from "@sentry/browser";
import { loadPrice, priceOf } from "./prices.js";

const settings = new URLSearchParams(location.search);
Sentry.init({
  dsn: settings.get("dsn"),
  tunnel: settings.get("tunnel") ?? undefined,
  release: "shop-web@5.0.1",
  environment: "production",
  enableLogs: true,
});
Sentry.setUser({ id: "u-42", email: "ada@example.org", username: "ada" });
Sentry.setTags({ tenant: "acme", retry: 3 });
Sentry.addBreadcrumb({ category: "cart", message: "loading the cart", level: "info" });

/** Each button fails in its own way. */
const BUTTONS = {
  cart() {
    setTimeout(function later() {
      priceOf({ items: [{}] });
    });
  },
  checkout() {
    try {
      loadPrice("A-17");
    } catch (error) {
      Sentry.captureException(error);
    }
  },
  async finish() {
    Sentry.captureMessage("stock is low for sku A-17", "warning");
    Sentry.logger.info("user signed in", { user_id: "u-42" });
    Sentry.logger.error("payment refused", { order: 7 });
    await Sentry.flush(10_000);
    document.title = "done";
  },
};

for (const [name, fail] of Object.entries(BUTTONS)) {
  const button = document.createElement("button");
  button.textContent = name;
  button.onclick = fail;
  document.body.append(button);
}
