import type { Buffer } from "node:buffer";
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { OperatorToken } from "../../store/operator.ts";

/** Followed by a digest of the token: browsers share cookies between the ports of a host, and an operator's with another's. */
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

/** A session that has not ended. */
export interface Session {
  /** Whose token opened it. */
  readonly operator: OperatorToken;
  /** True in its second half: time to renew the cookie. */
  readonly isAgeing: boolean;
}

/**
 * An operator's token or a one-time ticket opens a session, and a cookie that is signed with the token carries it. All instances
 * with that token accept the session; it ends with the token, and those of other tokens go on.
 */
export class Access {
  readonly #doors: readonly Door[];
  readonly #ticketKey = randomBytes(TICKET_BYTES);
  readonly #now: () => number;
  readonly #steadyNow: () => number;
  /** Digest to end, by the steady clock. */
  readonly #tickets = new Map<string, number>();

  /** Sessions hold across processes and go by the wall clock; tickets go by a clock that nobody can set back. */
  constructor(
    operators: readonly OperatorToken[],
    now: () => number = Date.now,
    steadyNow: () => number = () => performance.now(),
  ) {
    this.#doors = operators.map((operator) => new Door(operator));
    this.#now = now;
    this.#steadyNow = steadyNow;
  }

  /** Whose token it is. All are compared, so that the time taken does not reveal which one came near. */
  operatorOf(text: string): OperatorToken | undefined {
    return this.#doors.filter((door) => door.isToken(text))[0]?.operator;
  }

  /** A text that opens one session, once, within a quarter of an hour. */
  newTicket(): string {
    const ticket = randomBytes(TICKET_BYTES).toString("base64url");
    if (this.#tickets.size >= MAX_TICKETS) this.#tickets.delete(this.#tickets.keys().next().value!);
    this.#tickets.set(this.#ticketDigest(ticket), this.#steadyNow() + TICKET_MS);
    return ticket;
  }

  /** Uses a ticket up. It opens for the first operator who may write, since whoever started the service has it. */
  redeem(ticket: string): OperatorToken | undefined {
    // By its keyed digest: the time a look-up takes tells nothing about the ticket.
    const digest = this.#ticketDigest(ticket);
    const untilMs = this.#tickets.get(digest) ?? 0;
    this.#tickets.delete(digest);
    if (this.#steadyNow() >= untilMs) return undefined;
    const operators = this.#doors.map(({ operator }) => operator);
    return operators.find(({ mayWrite }) => mayWrite) ?? operators[0];
  }

  /** The session of a request; of several the one that was opened last. `origin` is the board's, as the caller wrote it. */
  sessionOf(request: Request, origin: string): Session | undefined {
    let session: Session | undefined;
    let longestMs = 0;
    for (const door of this.#doors) {
      const leftMs = door.sessionEnd(readCookie(request, door.nameAt(origin))) - this.#now();
      // Longer than a session lasts: it was opened before the clock was set back.
      if (leftMs <= longestMs || leftMs > SESSION_MS) continue;
      longestMs = leftMs;
      session = { operator: door.operator, isAgeing: leftMs < SESSION_MS / 2 };
    }
    return session;
  }

  /** The `Set-Cookie` header that begins a session. */
  open(origin: string, { token }: OperatorToken): string {
    const door = this.#doors.find(({ operator }) => operator.token === token)!;
    const claim = `${this.#now() + SESSION_MS}.${randomBytes(16).toString("hex")}`;
    return cookie(origin, {
      name: door.nameAt(origin),
      value: `${claim}.${door.sign(claim)}`,
      maxAgeSeconds: SESSION_SECONDS,
    });
  }

  /** The `Set-Cookie` headers that end the sessions of a request, but for those of one operator. */
  close(request: Request, origin: string, but?: OperatorToken): string[] {
    return this.#doors.filter(({ operator }) => operator.token !== but?.token)
      .map((door) => door.nameAt(origin))
      .filter((name) => readCookie(request, name) !== "")
      .map((name) => cookie(origin, { name, value: "", maxAgeSeconds: 0 }));
  }

  #ticketDigest(ticket: string): string {
    return digest(this.#ticketKey, ticket).toString("hex");
  }
}

/** What one token opens. */
class Door {
  readonly operator: OperatorToken;
  readonly #token: Uint8Array;
  readonly #key: Uint8Array;
  readonly #name: string;

  constructor(operator: OperatorToken) {
    this.operator = operator;
    this.#key = createHmac("sha256", operator.token).update(PURPOSE).digest();
    this.#token = digest(this.#key, operator.token);
    const id = digest(this.#key, "name of the cookie").toString("hex");
    this.#name = COOKIE + id.slice(0, NAME_CHARS);
  }

  isToken(text: string): boolean {
    return timingSafeEqual(digest(this.#key, text), this.#token);
  }

  nameAt(origin: string): string {
    return isSecure(origin) ? SECURE_PREFIX + this.#name : this.#name;
  }

  /** Milliseconds since 1970; 0 for a cookie that holds no session. */
  sessionEnd(cookie: string): number {
    const [, end, id, signature] = SESSION.exec(cookie) ?? [];
    if (end === undefined || signature === undefined) return 0;
    const right = digest(this.#key, this.sign(`${end}.${id}`));
    return timingSafeEqual(right, digest(this.#key, signature)) ? Number(end) : 0;
  }

  sign(claim: string): string {
    return digest(this.#key, claim).toString("base64url");
  }
}

/** Equally long for any text: comparing does not reveal how long a secret is. */
function digest(key: Uint8Array, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

/**
 * `Lax` and not `Strict`: a link to an error that is opened from a chat shall find the session. Changes are POSTs, which
 * {@linkcode isFromHere} checks as well.
 */
function cookie(
  origin: string,
  { name, value, maxAgeSeconds }: { name: string; value: string; maxAgeSeconds: number },
): string {
  const end = isSecure(origin) ? "; Secure" : "";
  return `${name}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${end}`;
}

/** Empty for a cookie that is not there. */
export function readCookie({ headers }: Request, name: string): string {
  const start = `${name}=`;
  const pair = headers.get("cookie")?.split(/; */).find((pair) => pair.startsWith(start));
  return pair?.slice(start.length) ?? "";
}

/** Whether a form was sent from a page of ours: browsers say so by `Sec-Fetch-Site`, over plain HTTP by `Origin`. */
export function isFromHere({ headers }: Request, origin: string): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const from = headers.get("origin");
  // Only the host: a proxy that ends TLS need not say so.
  return from !== null && URL.canParse(from) && new URL(from).host === new URL(origin).host;
}

export function isSecure(origin: string): boolean {
  return origin.startsWith("https:");
}
