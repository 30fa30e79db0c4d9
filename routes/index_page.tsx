/** @jsxImportSource hono/jsx */
/** The small page at `/`: what this service has, for people. */
import type { Module } from "../modules/module.ts";

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 46rem; margin: 3rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.5rem; margin-bottom: .25rem; }
table { border-collapse: collapse; width: 100%; }
td { border-top: 1px solid color-mix(in srgb, currentColor 15%, transparent); padding: .5rem .75rem .5rem 0; vertical-align: top; }
code { font: .875em ui-monospace, monospace; white-space: nowrap; }
@media (max-width: 32rem) { td { display: block; border: 0; padding: .1rem 0; } tr { display: block; padding: .5rem 0; } }
`;

/** Routes that are no modules: what other systems' clients send to. */
const DELIVERIES: readonly (readonly [route: string, summary: string])[] = [
  ["POST /api/:project/envelope/", "Takes what clients of Sentry's send, unmodified."],
  ["POST /v1/logs", "Takes what OpenTelemetry's exporters send; as well at /v1/traces."],
];

const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "referrer-policy": "no-referrer",
  vary: "accept",
};

export interface IndexProps {
  modules: readonly Module[];
  /** The page's own path, as the browser wrote it. */
  path: string;
  /** Where the board is; undefined where it is closed, or not to be shown. */
  board: string | undefined;
  /** False for strangers, who see nothing of the operator's. */
  isWhole: boolean;
}

export async function indexPage(props: IndexProps): Promise<Response> {
  const html = "<!DOCTYPE html>" + (<Index {...props} />).toString();
  return new Response(html, { headers: { ...HEADERS, "content-security-policy": await policy() } });
}

let known: string | undefined;

/** Allows the one style of the page by its hash; made when the page is first asked for. */
async function policy(): Promise<string> {
  if (known !== undefined) return known;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(STYLE));
  return known = `default-src 'none'; style-src 'sha256-${new Uint8Array(digest).toBase64()}'; ` +
    "frame-ancestors 'none'; base-uri 'none'";
}

function Index({ modules, path, isWhole, board }: IndexProps) {
  // Relative to the last slash: the API may stand at any path, and a proxy may put one before it.
  const here = `./${path.slice(path.lastIndexOf("/") + 1)}`.replace(/[^/]$/, "$&/");
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Holdfast</title>
        <style dangerouslySetInnerHTML={{ __html: STYLE }} />
      </head>
      <body>
        <h1>Holdfast</h1>
        <p>Answers every request and remembers every failure until someone fixes it.</p>
        <table>
          <tbody>
            {rowsOf(modules).map(([route, summary]) => (
              <tr>
                <td>
                  <code>{route}</code>
                </td>
                <td>{summary}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <p>
          {board !== undefined && (
            <>
              <a href={board}>board</a> ·{" "}
            </>
          )}
          <a href={`${here}openapi.json`}>openapi.json</a> · <a href={`${here}healthz`}>healthz</a>
          {" "}
          · <a href={`${here}readyz`}>readyz</a>
          {isWhole && (
            <>
              · <a href={`${here}metrics`}>metrics</a>
            </>
          )}
        </p>
      </body>
    </html>
  );
}

function rowsOf(modules: readonly Module[]): (readonly [route: string, summary: string])[] {
  const ofModules = modules.map(({ method = "GET", paths, name, summary }) =>
    [`${method} ${(paths ?? [name])[0]}`, summary] as const
  );
  return [...ofModules, ...DELIVERIES];
}
