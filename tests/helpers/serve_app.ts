import type { App } from "./create_app.ts";

/** An app on a free port of loopback. */
export interface ServedApp extends AsyncDisposable {
  /** Where it serves: `http://127.0.0.1:40123`. */
  readonly url: string;
}

/** Serves an app as main.ts does: the server puts the addresses of requests together, not the test. */
export function serveApp(app: App): ServedApp {
  const options = { hostname: "127.0.0.1", port: 0, onListen: () => {}, onError: app.onError };
  const server = Deno.serve(options, app.fetch);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
