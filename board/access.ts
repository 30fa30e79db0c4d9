import type { Buffer } from "node:buffer";
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Followed by a digest of the token: browsers share cookies between the ports of a host. */
const COOKIE = "holdfast_board_";
/** Browsers take a cookie of such a name only with `Secure` and from this very host (RFC 6265bis, 4.1.3.2). */
const SECURE_PREFIX = "__Host-";
const NAME_CHARS = 8;
const SESSION_HOURS = 12;
const SESSION_SECONDS = SESSION_HOURS * 60 * 60;
const SESSION_MS = SESSION_SECONDS * 1000;
const TICKET_MS = 15 * 60 * 1000;
const TICKET_BYTES = 24;
/** Unused tickets; the oldest goes. */
const MAX_TICKETS = 10;
/** Part of the key: a new scheme of cookies ends the old sessions. */
const PURPOSE = "holdfast board session 1";

/** End in milliseconds since 1970, a random number, the signature. */
const SESSION = /^(\d{10,13})\.([0-9a-f]{32})\.([A-Za-z0-9_-]{43})$/;

/**
 * The operator's token or a one-time ticket opens a session, and a signed cookie carries it. All instances with the same token
 * accept one another's sessions; a new token ends them all.
 */
export class Access {
  readonly #token: Uint8Array;
  readonly #key: Uint8Array;
  readonly #name: string;
  readonly #now: () => number;
  readonly #steadyNow: () => number;
  /** Digest to end, by the steady clock. */
  readonly #tickets = new Map<string, number>();

  /** Sessions hold across processes and go by the wall clock; tickets go by a clock that nobody can set back. */
  constructor(
    operatorToken: string | undefined,
    now: () => number = Date.now,
    steadyNow: () => number = () => performance.now(),
  ) {
    // Without a token no text matches, and no other process's session is valid.
    const secret = operatorToken ?? randomBytes(TICKET_BYTES).toString("base64url");
    this.#key = createHmac("sha256", secret).update(PURPOSE).digest();
    this.#token = this.#digest(secret);
    this.#name = COOKIE + this.#digest("name of the cookie").toString("hex").slice(0, NAME_CHARS);
    this.#now = now;
    this.#steadyNow = steadyNow;
  }

  isToken(text: string): boolean {
    return timingSafeEqual(this.#digest(text), this.#token);
  }

  /** A text that opens one session, once, within a quarter of an hour. */
  newTicket(): string {
    const ticket = randomBytes(TICKET_BYTES).toString("base64url");
    if (this.#tickets.size >= MAX_TICKETS) this.#tickets.delete(this.#tickets.keys().next().value!);
    this.#tickets.set(this.#digest(ticket).toString("hex"), this.#steadyNow() + TICKET_MS);
    return ticket;
  }

  /** Uses a ticket up; true when it was valid. */
  redeem(ticket: string): boolean {
    // By its keyed digest: the time a look-up takes tells nothing about the ticket.
    const digest = this.#digest(ticket).toString("hex");
    const untilMs = this.#tickets.get(digest) ?? 0;
    this.#tickets.delete(digest);
    return this.#steadyNow() < untilMs;
  }

  /** Whether a request has a valid session. `origin` is the board's, as the caller wrote it. */
  isOpen(request: Request, origin: string): boolean {
    const leftMs = this.#sessionEnd(request, origin) - this.#now();
    // Longer than a session lasts: it was opened before the clock was set back.
    return leftMs > 0 && leftMs <= SESSION_MS;
  }

  /** True in the second half of a session: time to renew the cookie. */
  isAgeing(request: Request, origin: string): boolean {
    return this.#sessionEnd(request, origin) - this.#now() < SESSION_MS / 2;
  }

  /** The `Set-Cookie` header that begins a session. */
  open(origin: string): string {
    const end = this.#now() + SESSION_MS;
    const claim = `${end}.${randomBytes(16).toString("hex")}`;
    return this.#cookie(origin, `${claim}.${this.#sign(claim)}`, SESSION_SECONDS);
  }

  /** The `Set-Cookie` header that ends it. */
  close(origin: string): string {
    return this.#cookie(origin, "", 0);
  }

  /**
   * `Lax` and not `Strict`: a link to an error that is opened from a chat shall find the session. Changes are POSTs, which
   * {@linkcode isFromHere} checks as well.
   */
  #cookie(origin: string, value: string, maxAgeSeconds: number): string {
    const end = isSecure(origin) ? "; Secure" : "";
    const pair = `${this.#nameAt(origin)}=${value}`;
    return `${pair}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${end}`;
  }

  #readCookie({ headers }: Request, origin: string): string {
    const start = `${this.#nameAt(origin)}=`;
    const pair = headers.get("cookie")?.split(/; */).find((pair) => pair.startsWith(start));
    return pair?.slice(start.length) ?? "";
  }

  #nameAt(origin: string): string {
    return isSecure(origin) ? SECURE_PREFIX + this.#name : this.#name;
  }

  /** Milliseconds since 1970; 0 without a session. */
  #sessionEnd(request: Request, origin: string): number {
    const [, end, id, signature] = SESSION.exec(this.#readCookie(request, origin)) ?? [];
    if (end === undefined || signature === undefined) return 0;
    const right = this.#digest(this.#sign(`${end}.${id}`));
    return timingSafeEqual(right, this.#digest(signature)) ? Number(end) : 0;
  }

  #sign(claim: string): string {
    return this.#digest(claim).toString("base64url");
  }

  /** Equally long for any text: comparing does not reveal how long a secret is. */
  #digest(text: string): Buffer {
    return createHmac("sha256", this.#key).update(text).digest();
  }
}

/** Whether a form was sent from a page of ours: browsers say so by `Sec-Fetch-Site`, over plain HTTP by `Origin`. */
export function isFromHere({ headers }: Request, origin: string): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const from = headers.get("origin");
  // Only the host: a proxy that ends TLS need not say so.
  return from !== null && URL.canParse(from) && new URL(from).host === new URL(origin).host;
}

function isSecure(origin: string): boolean {
  return origin.startsWith("https:");
}
