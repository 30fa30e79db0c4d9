// A shop that logs with pino, whose transport speaks OTLP.
import pino from "pino";
import { priceOf } from "./prices.js";

const transport = pino.transport({
  target: "pino-opentelemetry-transport",
  options: {
    loggerName: "shop.cart",
    resourceAttributes: {
      "service.name": "shop-pino",
      "service.version": "1.4.2",
      "deployment.environment.name": "staging",
    },
  },
});
const logger = pino({ level: "debug" }, transport);

for (const id of ["7", "8"]) {
  try {
    priceOf({ items: [{}] });
  } catch (err) {
    logger.error({ err, req: { method: "GET", url: `/cart/${id}` } }, "pricing failed");
  }
}
logger.warn("stock is low");
logger.info({ user_id: "u-42" }, "user signed in");
await new Promise((resolve) => logger.flush(resolve));
transport.end();
