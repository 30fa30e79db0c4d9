import process from "node:process";
import * as Sentry from "@sentry/node";
import express from "express";
import { loadPrice, priceOf } from "./prices.js";
import { signIn, visit } from "./visit.js";

const app = express();
app.use((_request, _response, next) => {
  signIn();
  next();
});
app.get("/cart/:id", (_request, response) => {
  response.json(priceOf({ items: [{}] }));
});
app.get("/checkout/:sku", (request, response) => {
  response.json(loadPrice(request.params.sku));
});
Sentry.setupExpressErrorHandler(app);
app.use((_error, _request, response, _next) => {
  response.status(500).end();
});

const server = app.listen(0, "127.0.0.1", async () => {
  await visit(`http://127.0.0.1:${server.address().port}`);
  server.close();
  process.exit();
});
