/** @jsxImportSource hono/jsx */
import type { Child, Html } from "./parts/parts.tsx";
import type { KeySummary, LogStats, StoreHealth } from "../logging/mod.ts";
import type { Assets } from "./assets.ts";
import type { Person } from "./access/gate.tsx";
import { bytes, count, counted, sumOf } from "./parts/times.ts";

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

export interface Delivery {
  /** Of this process. */
  stats: LogStats;
  /** Null while the store does not answer. */
  health: StoreHealth | null;
  /** Intake keys that have come near their quota today, on any instance. */
  nearQuota: readonly KeySummary[];
}

export interface PageProps {
  title: string;
  section?: (typeof SECTIONS)[number]["name"];
  assets: Assets;
  /** Absent before signing in. */
  delivery?: Delivery;
  /** Who looks at it. */
  person?: Person;
  /** Without script the browser reloads the page this often. */
  refreshSeconds?: number;
  children: Child;
}

const SECTIONS = [
  { name: "errors", title: "Errors", path: "/board" },
  { name: "logs", title: "Logs", path: "/board/logs" },
  { name: "overview", title: "Overview", path: "/board/overview" },
  { name: "releases", title: "Releases", path: "/board/releases" },
  { name: "keys", title: "Keys", path: "/board/keys" },
  { name: "connect", title: "Connect", path: "/board/connect" },
] as const;

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
  const { title, section, assets, delivery, person, refreshSeconds, children } = props;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>{title} · Holdfast</title>
        <link rel="icon" href={assets.paths["icon.svg"]} type="image/svg+xml" />
        <link rel="stylesheet" href={assets.paths["board.css"]} />
        <script src={assets.paths["board.js"]} defer></script>
        {refreshSeconds !== undefined && (
          <noscript>
            <meta http-equiv="refresh" content={String(refreshSeconds)} />
          </noscript>
        )}
      </head>
      <body>
        <a class="skip" href="#main">Skip to content</a>
        <header class="top">
          <a class="brand" href="/board">
            <img src={assets.paths["icon.svg"]} alt="" width="20" height="20" />
            Holdfast
          </a>
          {delivery && (
            <>
              <nav aria-label="Board">
                {SECTIONS.map(({ name, title, path }) => (
                  <a href={path} aria-current={name === section ? "page" : undefined}>{title}</a>
                ))}
              </nav>
              <DeliveryLine {...delivery} />
              {person && <SignedIn {...person} />}
            </>
          )}
        </header>
        <main id="main" tabindex={-1}>{children}</main>
      </body>
    </html>
  );
}

function SignedIn({ name, mayWrite, canSignOut }: Person) {
  const who = [name, mayWrite ? undefined : "read only"].filter(Boolean).join(", ");
  if (!who && !canSignOut) return null;
  return (
    <form class="out" method="post" action="/board/sign-out">
      {who && (
        <span class="who">
          <span class="unseen">Signed in:</span>
          {who}
        </span>
      )}
      {canSignOut && <button type="submit" class="quiet">Sign out</button>}
    </form>
  );
}

function DeliveryLine({ stats, health, nearQuota }: Delivery) {
  const dropped = droppedOf(stats);
  return (
    <a class="delivery" href="/board/overview">
      <span class="unseen">Log delivery:</span>
      <span>queue {count(stats.pending)}</span>
      <span>stored {count(stats.stored)}</span>
      <span class={dropped > 0 ? "bad" : undefined}>dropped {count(dropped)}</span>
      <span class={health === null ? "bad" : undefined}>
        store {health === null ? "not answering" : bytes(health.size_bytes)}
      </span>
      {nearQuota.length > 0 && (
        <span class="bad">{counted(nearQuota.length, "key")} near quota</span>
      )}
    </a>
  );
}

/** Dropped records of all levels and reasons. */
export function droppedOf({ dropped }: LogStats): number {
  return sumOf(Object.values(dropped).flatMap((reasons) => Object.values(reasons)));
}
