// A shop of Deno.serve: Deno itself sends what is printed and the spans of requests. At the end it fails, and nobody catches it.
import { trace } from "@opentelemetry/api";
import { loadPrice, priceOf } from "./prices.ts";

const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
  try {
    const { pathname } = new URL(request.url);
    return Response.json(
      pathname.startsWith("/cart/") ? priceOf({ items: [{}] }) : loadPrice("A-17"),
    );
  } catch (error) {
    if (error instanceof TypeError) console.error(error);
    else trace.getActiveSpan()?.recordException(error as Error);
    return new Response(null, { status: 500 });
  }
});
for (const path of ["/cart/7", "/cart/8", "/checkout/A-17"]) {
  await fetch(`http://127.0.0.1:${server.addr.port}${path}`);
}
console.warn("stock is low");
console.info("user signed in");
await server.shutdown();
throw new RangeError("the shop is closed");
