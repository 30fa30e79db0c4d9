/** @jsxImportSource hono/jsx */
import type { Child, Html } from "./parts/parts.tsx";
import type { Assets, Styles } from "./assets.ts";
import { HelpDialog } from "./frame/help.tsx";
import { BareHeader, Header, type HeaderProps } from "./frame/header.tsx";

/**
 * Nothing but our own files and forms. `style-src` and `script-src` know no inline code; Trusted Types forbid the
 * script to turn a text into markup. The referrer stays within the board: with `no-referrer` browsers would send
 * `Origin: null` with forms.
 */
const PAGE_HEADERS = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; " +
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
    "require-trusted-types-for 'script'; trusted-types 'none'",
  "content-type": "text/html; charset=utf-8",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

export interface PageProps {
  title: string;
  assets: Assets;
  /** Default: what all pages have is enough. */
  styles?: Styles;
  /** Whether the log is followed. */
  isLive?: boolean;
  /** Absent before signing in. */
  header?: Omit<HeaderProps, "assets">;
  /** Without script the browser reloads the page this often. */
  refreshSeconds?: number;
  /** What the list with the id `list` is of, for those who go by keyboard: `errors`. */
  list?: string;
  children: Child;
}

export async function sendPage(
  page: Html,
  init: { status?: number; headers?: Record<string, string> } = {},
): Promise<Response> {
  const html = "<!DOCTYPE html>" + (await page).toString();
  return new Response(html, {
    status: init.status ?? 200,
    headers: { ...PAGE_HEADERS, ...init.headers },
  });
}

/** Redirects, so that a page behind a form can be reloaded. No referrer: the address before may hold a ticket. */
export function goTo(path: string, headers: Record<string, string> = {}): Response {
  return new Response(null, {
    status: 303,
    headers: {
      "cache-control": "no-store",
      location: path,
      "referrer-policy": "no-referrer",
      ...headers,
    },
  });
}

export function Page(props: PageProps): Html {
  const { title, assets, header, refreshSeconds, list, styles, isLive, children } = props;
  return (
    <html lang="en" data-zone={header?.clock.zone}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>{title} · Holdfast</title>
        <link rel="icon" href={assets.paths["icon.svg"]} type="image/svg+xml" />
        <link rel="stylesheet" href={assets.paths["board.css"]} />
        {styles && <link rel="stylesheet" href={assets.paths[`${styles}.css`]} />}
        <script src={assets.paths["board.js"]} defer></script>
        {isLive && <script src={assets.paths["live.js"]} defer></script>}
        {refreshSeconds !== undefined && (
          <noscript>
            <meta http-equiv="refresh" content={String(refreshSeconds)} />
          </noscript>
        )}
      </head>
      <body>
        {list !== undefined && <a class="skip" href="#list">Skip to {list}</a>}
        <a class="skip" href="#main">Skip to content</a>
        {header ? <Header {...header} assets={assets} /> : <BareHeader assets={assets} />}
        <main id="main" tabindex={-1}>{children}</main>
        {header && <HelpDialog />}
      </body>
    </html>
  );
}
