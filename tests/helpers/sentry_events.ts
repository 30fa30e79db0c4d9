/** Events as a client of Sentry's sends them, made up: of any size, of as many bugs as wanted, each with an id of its own. */

/** An envelope with one event. */
export interface SentEvent {
  /** 32 hexadecimal digits. */
  eventId: string;
  /** The request's body. */
  body: Uint8Array<ArrayBuffer>;
}

/** What the events are like. */
export interface EventOptions {
  /** Of the envelope, about. */
  bytes: number;
  /** Different errors among them. */
  bugs?: number;
  /** Different users. */
  users?: number;
}

/** What is different in each event stands between these. */
const SLOT = "<slot>";
const FRAME_SHARE = 0.6;
const encoder = new TextEncoder();

/** Gives a maker of events. It costs a few microseconds each: a load must not be busy with making it. */
export function eventMaker(
  { bytes, bugs = 200, users = 5_000 }: EventOptions,
): () => SentEvent {
  const templates = Array.from({ length: bugs }, (_, bug) => templateOf(bug, bytes));
  let count = 0;
  return () => {
    const n = count++;
    const eventId = crypto.randomUUID().replaceAll("-", "");
    const [head, start, afterTime, afterUser, end] = templates[n % bugs]!;
    const text = head! + eventId + start! + eventId + afterTime! + String(Date.now() / 1000) +
      afterUser! + `u-${n % users}` + end!;
    return { eventId, body: encoder.encode(text) };
  };
}

/** The texts around event id (twice), time and user. */
function templateOf(bug: number, bytes: number): string[] {
  const frames: unknown[] = [];
  const breadcrumbs: unknown[] = [];
  let text = "";
  for (let i = 0; text.length < bytes; i++) {
    if (JSON.stringify(frames).length < bytes * FRAME_SHARE) frames.push(frameOf(bug, i));
    else breadcrumbs.push(breadcrumbOf(i));
    text = envelopeOf(bug, { frames, breadcrumbs });
  }
  return text.split(SLOT);
}

function envelopeOf(
  bug: number,
  { frames, breadcrumbs }: { frames: unknown[]; breadcrumbs: unknown[] },
): string {
  const event = JSON.stringify({
    event_id: SLOT,
    timestamp: "TIME",
    level: "error",
    platform: "node",
    server_name: "web-1",
    release: "shop@1.4.2",
    environment: "production",
    transaction: `GET /cart/:id/${bug % 20}`,
    sdk: { name: "sentry.javascript.node", version: "11.12.0", integrations: ["Http", "Dedupe"] },
    user: { id: SLOT, email: "ada@example.org" },
    tags: { tenant: `t-${bug % 10}`, plan: "gold", retry: 3 },
    extra: { basket: { items: 3, total: 41.5 }, note: "sent by the load of a test" },
    contexts: {
      runtime: { name: "node", version: "v20.11.0" },
      os: { name: "Linux", version: "6.1.0" },
      trace: { trace_id: "ae5d47c0555f40818ac1ec24255c7f16", span_id: "b7ad6b7169203331" },
    },
    request: {
      method: "GET",
      url: `http://shop.example/cart/7?coupon=SPRING&page=${bug}`,
      query_string: `coupon=SPRING&page=${bug}`,
      headers: { "user-agent": "Mozilla/5.0 (X11; Linux x86_64)", accept: "text/html", host: "x" },
    },
    exception: {
      values: [{
        type: `Bug${bug}Error`,
        value: `Cannot read properties of undefined (reading 'amount${bug}')`,
        mechanism: { type: "generic", handled: false },
        stacktrace: { frames },
      }],
    },
    breadcrumbs,
  }).replace('"TIME"', SLOT);
  return `{"event_id":"${SLOT}","sdk":{"name":"sentry.javascript.node","version":"11.12.0"}}\n` +
    `{"type":"event"}\n${event}\n`;
}

function frameOf(bug: number, i: number): unknown {
  const line = (n: number) => `  const part${n} = await prices.lookUp(basket.items[${n}], rate);`;
  return {
    filename: i % 3 === 0 ? "/srv/node_modules/koa/lib/compose.js" : `/srv/shop/part${i}.mjs`,
    function: `step${i}Of${bug}`,
    lineno: 10 + i,
    colno: 13,
    in_app: i % 3 !== 0,
    pre_context: [line(1), line(2), line(3)],
    context_line: `  return prices.of(item${i}).amount${bug};`,
    post_context: [line(4), line(5), "}"],
  };
}

function breadcrumbOf(i: number): unknown {
  return {
    timestamp: 1_795_797_175 + i,
    type: "http",
    category: "http",
    level: "info",
    message: `asked the price of item ${i}`,
    data: { method: "GET", url: `http://prices.example/items/${i}`, status_code: 200 },
  };
}
