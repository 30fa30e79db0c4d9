// A shop with OpenTelemetry's SDK: it logs the same failure twice, and another one leaves two spans that both tell of it.
import { context, SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { SeverityNumber } from "@opentelemetry/api-logs";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { loadPrice, priceOf } from "./prices.js";

const encoding = process.env.OTEL_EXPORTER_OTLP_PROTOCOL === "http/json" ? "http" : "proto";
const { OTLPLogExporter } = await import(`@opentelemetry/exporter-logs-otlp-${encoding}`);
const { OTLPTraceExporter } = await import(`@opentelemetry/exporter-trace-otlp-${encoding}`);
// The third SDK, which needs Node 22, has other names.
const isOlder = Number(process.versions.node.split(".")[0]) < 22;
const { BatchSpanProcessor, BasicTracerProvider, TracerProvider = BasicTracerProvider } =
  await import(`@opentelemetry/sdk-trace${isOlder ? "-base" : ""}`);

const resource = resourceFromAttributes({
  "service.name": "shop-otel",
  "service.version": "1.4.2",
  "deployment.environment.name": "staging",
});
const logs = new LoggerProvider({
  resource,
  processors: [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter() })],
});
const exporter = new OTLPTraceExporter();
const traces = new TracerProvider({
  resource,
  spanProcessors: [new BatchSpanProcessor(isOlder ? exporter : { exporter })],
});
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const logger = logs.getLogger("shop.cart");
const tracer = traces.getTracer("shop.cart");

for (const id of ["7", "8"]) {
  try {
    priceOf({ items: [{}] });
  } catch (error) {
    logger.emit({
      severityNumber: SeverityNumber.ERROR,
      severityText: "ERROR",
      body: "pricing failed",
      attributes: {
        "exception.type": error.name,
        "exception.message": error.message,
        "exception.stacktrace": error.stack,
        "http.request.method": "GET",
        "http.route": "/cart/:id",
        "url.path": `/cart/${id}`,
        "enduser.id": "u-42",
      },
    });
  }
}

const server = {
  kind: SpanKind.SERVER,
  attributes: {
    "http.request.method": "GET",
    "http.route": "/checkout/:sku",
    "url.path": "/checkout/A-17",
  },
};
try {
  inSpan("GET /checkout/:sku", server, () => inSpan("price", {}, () => loadPrice("A-17")));
} catch {
  logger.emit({
    severityNumber: SeverityNumber.WARN,
    body: { message: "stock is low", sku: "A-17", left: 3 },
  });
}
logger.emit({ body: "user signed in", attributes: { user_id: "u-42" } });
await logs.shutdown();
await traces.shutdown();

function inSpan(name, options, work) {
  return tracer.startActiveSpan(name, options, (span) => {
    try {
      return work();
    } catch (error) {
      span.recordException(error);
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}
