import * as Sentry from "@sentry/node";

/** Whoever asks, of every request. */
export function signIn() {
  Sentry.setUser({ id: "u-42", email: "ada@example.org", username: "ada" });
  Sentry.setTags({ tenant: "acme", retry: 3 });
  Sentry.addBreadcrumb({ category: "cart", message: "loading the cart", level: "info" });
}

/** What the visitors do: the same failure twice, another one between them, because equal ones in a row are not sent. */
export async function visit(origin) {
  for (const path of ["/cart/7?coupon=SPRING", "/checkout/A-17", "/cart/8?coupon=SPRING"]) {
    const answer = await fetch(origin + path, { headers: { cookie: "session=secret" } });
    if (answer.status !== 500) throw new Error(`${path}: ${answer.status}`);
    await answer.text();
  }
  Sentry.captureMessage("stock is low for sku A-17", "warning");
  Sentry.logger.info("user signed in", { user_id: "u-42" });
  Sentry.logger.error("payment refused", { order: 7 });
  await Sentry.flush(10_000);
}
