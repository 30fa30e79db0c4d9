// A shop with OpenTelemetry's SDK: it logs the same panic twice, and records an error on a span.
package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/log"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

type item struct{ price *int }

func priceOf(items []item) int {
	return *items[0].price
}

func loadPrice(sku string) error {
	return fmt.Errorf("no price for %s: %w", sku, errors.New("not on the list"))
}

func main() {
	ctx := context.Background()
	about := resource.NewSchemaless(
		attribute.String("service.name", "shop-otel-go"),
		attribute.String("service.version", "0.9.0"),
		attribute.String("deployment.environment.name", "staging"),
	)
	logExporter, err := otlploghttp.New(ctx)
	must(err)
	traceExporter, err := otlptracehttp.New(ctx)
	must(err)
	logs := sdklog.NewLoggerProvider(sdklog.WithResource(about), sdklog.WithProcessor(sdklog.NewBatchProcessor(logExporter)))
	traces := sdktrace.NewTracerProvider(sdktrace.WithResource(about), sdktrace.WithBatcher(traceExporter))
	logger := logs.Logger("shop.cart")

	for _, id := range []string{"7", "8"} {
		func() {
			defer func() {
				if thrown := recover(); thrown != nil {
					emit(ctx, logger, log.SeverityFatal, "pricing failed",
						attribute.String("exception.type", fmt.Sprintf("%T", thrown)),
						attribute.String("exception.message", fmt.Sprint(thrown)),
						attribute.String("exception.stacktrace", string(debug.Stack())),
						attribute.String("http.request.method", "GET"),
						attribute.String("http.route", "/cart/{id}"),
						attribute.String("url.path", "/cart/"+id),
						attribute.String("enduser.id", "u-42"))
				}
			}()
			priceOf([]item{{}})
		}()
	}

	_, span := traces.Tracer("shop.cart").Start(ctx, "GET /checkout/{sku}", trace.WithAttributes(
		attribute.String("http.request.method", "GET"),
		attribute.String("http.route", "/checkout/{sku}"),
		attribute.String("url.path", "/checkout/A-17")))
	span.RecordError(loadPrice("A-17"), trace.WithStackTrace(true))
	span.End()

	emit(ctx, logger, log.SeverityWarn, "stock is low")
	emit(ctx, logger, log.SeverityInfo, "user signed in", attribute.String("user_id", "u-42"))
	must(logs.Shutdown(ctx))
	must(traces.Shutdown(ctx))
}

func emit(ctx context.Context, logger log.Logger, severity log.Severity, body string, attributes ...attribute.KeyValue) {
	var record log.Record
	record.SetTimestamp(time.Now())
	record.SetSeverity(severity)
	record.SetBody(attribute.StringValue(body))
	record.AddAttributes(attributes...)
	logger.Emit(ctx, record)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
