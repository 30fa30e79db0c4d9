/** @jsxImportSource hono/jsx */
/** A receipt for people: what became of a failure, in plain words. It works without script. */
import { plainLine } from "../board/parts/plain.ts";
import type { Failure } from "../modules/failure.ts";
import { receiptOf, showReceipt } from "../modules/receipts.ts";
import { toFailure } from "../modules/run.ts";
import { MAX_NAME_CHARS } from "../store/limits.ts";
import type { Receipt } from "../store/store.ts";
import type { HonoContext } from "../modules/hono.ts";
import type { AboutFailure } from "./exchange.ts";
import { routedExchange } from "./exchanges.ts";
import { NO_NAMES, readQuery } from "./query.ts";
import type { Tools } from "./tools.ts";

const STYLE = `
:root { color-scheme: light dark; font: 18px/1.55 system-ui, sans-serif; }
body { max-width: 38rem; margin: 12vh auto 3rem; padding: 0 1.25rem; overflow-wrap: anywhere; background: #f7f7f5; color: #1c1c1a; }
h1 { font-size: 1.45rem; line-height: 1.3; margin: 0 0 .75rem; }
p { margin: 0 0 .75rem; }
.mark { display: inline-block; padding: .1rem .7rem; border-radius: 1rem; font-size: .85rem; font-weight: 600; color: #7d5200; background: #fbf0d9; }
.mark.fixed { color: #14692f; background: #e3f4e7; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .25rem 1rem; margin: 1.5rem 0; padding-top: 1.25rem; border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent); font-size: .9rem; }
dt { opacity: .85; }
dd { margin: 0; }
code { font: .92em ui-monospace, monospace; }
a { color: light-dark(#2f49a8, #a9b8ff); }
@media (prefers-color-scheme: dark) {
  body { background: #101012; color: #ececee; }
  .mark { color: #f0c070; background: #352a14; }
  .mark.fixed { color: #7fd897; background: #15301d; }
}
@media (max-width: 30rem) {
  body { margin-top: 2rem; }
  dl { display: block; }
  dd { margin-bottom: .5rem; }
}
`;

const HEADERS = {
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  vary: "accept",
  "x-content-type-options": "nosniff",
  "x-robots-tag": "noindex",
};
const TYPE = "text/html; charset=utf-8";

/** Answers with a page, whatever happens. */
export async function serveReceipt(c: HonoContext, tools: Tools): Promise<Response> {
  const exchange = routedExchange(c, tools);
  exchange.module = showReceipt.name;
  exchange.isForStrangers = true;
  const headers = { ...HEADERS, "content-security-policy": await policy() };
  exchange.failureForm = (failure, about) => ({
    body: pageOf("Receipt", <Refused failure={failure} about={about} />),
    type: TYPE,
    headers: { ...failure.headers, ...headers },
  });
  try {
    readQuery(exchange.request.url, NO_NAMES);
    const id = c.req.param("id") ?? "";
    const receipt = await receiptOf(id, { store: tools.store, param: "id" });
    const page = pageOf(titleOf(receipt), <Told receipt={receipt} />);
    return exchange.pass(new Response(page, { headers: { ...headers, "content-type": TYPE } }));
  } catch (thrown) {
    return exchange.fail(toFailure(thrown), thrown);
  }
}

let known: string | undefined;

/** Allows the one style of the page by its hash. */
async function policy(): Promise<string> {
  if (known !== undefined) return known;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(STYLE));
  return known = `default-src 'none'; style-src 'sha256-${new Uint8Array(digest).toBase64()}'; ` +
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'";
}

function titleOf({ state }: Receipt): string {
  return state === "resolved" ? "Fixed" : "Not fixed yet";
}

function pageOf(title: string, content: { toString(): string }): string {
  const page = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>{title}</title>
        <style dangerouslySetInnerHTML={{ __html: STYLE }} />
      </head>
      <body>
        <main>{content}</main>
      </body>
    </html>
  );
  return "<!DOCTYPE html>" + page.toString();
}

function Told({ receipt }: { receipt: Receipt }) {
  const { error_id, occurred_at } = receipt;
  return (
    <>
      {receipt.state === "resolved" ? <Fixed {...receipt} /> : (
        <>
          <p>
            <span class="mark">Not fixed yet</span>
          </p>
          <h1>We know of this failure. It is not fixed yet.</h1>
          <p>This page says so when it is.</p>
        </>
      )}
      <dl>
        <dt>It happened</dt>
        <dd>
          <Day time={occurred_at} />
        </dd>
        <dt>Receipt</dt>
        <dd>
          <code>{error_id}</code>
        </dd>
      </dl>
    </>
  );
}

function Fixed({ resolved_at, resolved_in, proof }: Receipt) {
  const answered = (proof?.requests ?? 0) - (proof?.failures ?? 0);
  return (
    <>
      <p>
        <span class="mark fixed">Fixed</span>
      </p>
      <h1>
        {/* Without a release it may still wait for the next one. */}
        {resolved_in === null ? "Marked as fixed" : "Fixed"}
        {resolved_in !== null && (
          <>
            {" "}
            in release <bdi>{plainLine(resolved_in, MAX_NAME_CHARS)}</bdi>
          </>
        )}
        {resolved_at !== null && (
          <>
            {" "}
            on <Day time={resolved_at} />
          </>
        )}.
      </h1>
      {proof !== null && answered > 0 && (
        <p>
          Since then {answered === 1 ? "one request" : `${answered.toLocaleString("en")} requests`}
          {" "}
          to the same place {answered === 1 ? "was" : "were"} answered without this failure.
        </p>
      )}
      <p>If it happens to you again, please report the new receipt.</p>
    </>
  );
}

function Refused({ failure, about }: { failure: Failure; about: AboutFailure }) {
  const { status } = failure.row;
  if (status === 404) {
    return (
      <>
        <h1>No failure has this receipt.</h1>
        <p>
          Check that it was copied whole. A failure of this moment may take some seconds to appear,
          and old ones are deleted after a while. If that does not help, ask those who run the
          service that gave it to you.
        </p>
      </>
    );
  }
  return (
    <>
      <h1>
        {status >= 500 ? "This receipt cannot be read at the moment." : "This is no receipt."}
      </h1>
      <p>{status >= 500 ? "Please try again in a minute." : about.sentence}</p>
    </>
  );
}

function Day({ time }: { time: string }) {
  const date = new Date(time);
  const day = date.toLocaleDateString("en-GB", {
    timeZone: "UTC",
    day: "numeric",
    month: "long",
    year: "numeric",
  });
  return <time datetime={time}>{`${day}, ${date.toISOString().slice(11, 16)} UTC`}</time>;
}
