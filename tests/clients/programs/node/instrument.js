import process from "node:process";
import * as Sentry from "@sentry/node";

Sentry.init({
  dsn: process.env.SENTRY_DSN,
  release: "shop@1.4.2",
  environment: "staging",
  enableLogs: true,
  tracesSampleRate: 1,
});
