"""A shop with OpenTelemetry's SDK: it logs the same failure twice, and another one leaves two spans that both tell of it."""
import logging

from opentelemetry import trace
from opentelemetry._logs import set_logger_provider
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from prices import PriceError, load_price, price_of

resource = Resource.create({
    "service.name": "shop-otel-python",
    "service.version": "3.1.0",
    "deployment.environment.name": "staging",
})
logs = LoggerProvider(resource=resource)
logs.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
set_logger_provider(logs)
traces = TracerProvider(resource=resource)
traces.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(traces)
tracer = trace.get_tracer("shop.cart")
logger = logging.getLogger("shop.cart")
logger.setLevel(logging.DEBUG)
logger.addHandler(LoggingHandler(logger_provider=logs))

for cart in ["7", "8"]:
    try:
        price_of({"items": [{}]})
    except KeyError:
        logger.exception("pricing failed", extra={
            "http.request.method": "GET",
            "http.route": "/cart/{id}",
            "url.path": f"/cart/{cart}",
            "enduser.id": "u-42",
        })

request = {
    "http.request.method": "GET",
    "http.route": "/checkout/{sku}",
    "url.path": "/checkout/A-17",
}
try:
    with tracer.start_as_current_span("GET /checkout/{sku}", kind=trace.SpanKind.SERVER, attributes=request):
        with tracer.start_as_current_span("price"):
            load_price("A-17")
except PriceError:
    logger.warning("stock is low")
logger.info("user signed in", extra={"user_id": "u-42"})
logs.shutdown()
traces.shutdown()
