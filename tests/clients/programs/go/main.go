// A shop that reports with sentry-go, fails, and ends.
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/getsentry/sentry-go"
	"github.com/getsentry/sentry-go/attribute"
	sentryhttp "github.com/getsentry/sentry-go/http"
)

func main() {
	err := sentry.Init(sentry.ClientOptions{
		Dsn:         os.Getenv("SENTRY_DSN"),
		Release:     "shop-go@0.9.0",
		Environment: "production",

		SendDefaultPII: true,
	})
	if err != nil {
		panic(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /cart/{id}", func(w http.ResponseWriter, r *http.Request) {
		signIn(sentry.GetHubFromContext(r.Context()))
		fmt.Fprint(w, priceOf([]item{{}}))
	})
	mux.HandleFunc("GET /checkout/{sku}", func(w http.ResponseWriter, r *http.Request) {
		hub := sentry.GetHubFromContext(r.Context())
		signIn(hub)
		hub.CaptureException(reserve(4711))
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(listener, sentryhttp.New(sentryhttp.Options{}).Handle(mux))
	for _, path := range []string{"/cart/7?coupon=SPRING", "/cart/8?coupon=SPRING", "/checkout/A-17"} {
		request, _ := http.NewRequest("GET", "http://"+listener.Addr().String()+path, nil)
		request.Header.Set("Cookie", "session=secret")
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			panic(err)
		}
		answer.Body.Close()
	}
	sentry.WithScope(func(scope *sentry.Scope) {
		scope.SetLevel(sentry.LevelWarning)
		sentry.CaptureMessage("stock is low for sku A-17")
	})
	logger := sentry.NewLogger(context.Background())
	logger.SetAttributes(attribute.String("user_id", "u-42"))
	logger.Info().Emit("user signed in")
	logger.Error().Emit("payment refused")
	sentry.Flush(10 * time.Second)
}

func signIn(hub *sentry.Hub) {
	scope := hub.Scope()
	scope.SetUser(sentry.User{ID: "u-42", Email: "ada@example.org", Username: "ada"})
	scope.SetTag("tenant", "acme")
	hub.AddBreadcrumb(&sentry.Breadcrumb{Category: "cart", Message: "loading the cart"}, nil)
}
