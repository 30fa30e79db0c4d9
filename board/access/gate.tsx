/** @jsxImportSource hono/jsx */
import type { Logger } from "../../logging/mod.ts";
import type { OperatorToken } from "../../store/operator.ts";
import { type Access, isFromHere } from "./access.ts";
import type { Assets } from "../assets.ts";
import type { Attempts } from "./attempts.ts";
import { goTo, Page, sendPage } from "../layout.tsx";
import { address, ownPage } from "../addresses.ts";
import type { Clock } from "../parts/times.ts";
import { Field, type Html } from "../parts/parts.tsx";

/** A user whom an app lets in without the operator's token. */
export interface Guest {
  /** Stands in the history of what they do. */
  name: string;
  /** True: may look, and change nothing. */
  read?: boolean;
}

/** Who looks at a page: a guest of an app, or whose token opened the session. */
export interface Person {
  /** Absent for a token without a name. */
  name?: string;
  mayWrite: boolean;
  /** False for guests: the app signs them in and out. */
  canSignOut: boolean;
}

/** Who looks at a page, and by which address. */
export interface Looking {
  /** As in {@linkcode Visit}. */
  origin: string;
  /** The same. */
  linkTo: Visit["linkTo"];
  person: Person;
  clock: Clock;
  /** The page of the board that led here, as if the board stood at `/board`; that of the errors for another. */
  from: string;
}

export interface Visit {
  /** The caller's network address. */
  address: string;
  /** Scheme and host of the board as the caller wrote them: `https://errors.example`. */
  origin: string;
  /** The whole address, as people use it, of a page at a path below `/board`. */
  linkTo(path: string): string;
  /** Set where an app says who asks: then no session is needed. */
  guest?: Guest;
  /** Only read for callers that may send a form. */
  readForm(): Promise<URLSearchParams>;
}

/** What those who may only look may send, too. */
const FOR_READERS: readonly string[] = ["/board/sign-out", "/board/time-zone"];

export interface GateOptions {
  access: Access;
  attempts: Attempts;
  logger: Logger;
  assets: Assets;
  tell(
    failure: { status: number; sentence: string },
    asked: { request: Request; visit: Visit },
  ): Promise<Response>;
}

/** Signs in and out, and turns away requests without a session. */
export class Gate {
  readonly #tools: GateOptions;

  constructor(tools: GateOptions) {
    this.#tools = tools;
  }

  /** `GET /board/sign-in`: the sign-in page; with a valid ticket the board, at an address without the ticket. */
  async enter(request: Request, visit: Visit): Promise<Response> {
    const parameters = new URL(request.url).searchParams;
    if (visit.guest) return goTo(ownPage(parameters.get("next")));
    // Link previews ask with HEAD before a person clicks.
    const ticket = request.method === "HEAD" ? null : parameters.get("ticket");
    const next = ownPage(parameters.get("next"));
    if (ticket !== null) {
      // After any number of wrong attempts: unlike a token, a ticket is always too long to guess.
      const operator = this.#tools.access.redeem(ticket);
      if (operator) return this.#welcome(next, { request, visit, operator });
      if (this.personOf(request, visit)) return goTo("/board");
      this.#tools.attempts.countFailure(visit.address);
      return goTo("/board/sign-in?why=link");
    }
    if (this.personOf(request, visit)) return goTo(next);
    const why = parameters.get("why") ?? "";
    return await this.#show({
      next,
      ...(Object.hasOwn(REASONS, why) && { reason: why as Reason }),
    });
  }

  /** `POST /board/sign-in` */
  async signIn(request: Request, visit: Visit): Promise<Response> {
    if (!isFromHere(request, visit.origin)) {
      return await this.#show({ reason: "origin", status: 403 });
    }
    if (visit.guest) return goTo("/board");
    const wait = this.#tools.attempts.secondsToWait(visit.address);
    if (wait > 0) return await this.#show({ wait });
    const form = await visit.readForm();
    const next = ownPage(form.get("next"));
    const operator = this.#tools.access.operatorOf(form.get("token") ?? "");
    if (operator) return this.#welcome(next, { request, visit, operator });
    this.#tools.attempts.countFailure(visit.address);
    this.#tools.logger.warn("A sign-in to the board was refused", { address: visit.address });
    return await this.#show({ next, reason: "wrong", status: 401 });
  }

  #welcome(
    next: string,
    { request, visit: { address, origin }, operator }: {
      request: Request;
      visit: Visit;
      operator: OperatorToken;
    },
  ): Response {
    const { access, attempts, logger } = this.#tools;
    const { name } = operator;
    attempts.countSuccess(address);
    logger.info("Board sign-in", { address, ...(name !== undefined && { name }) });
    const answer = goTo(next, { "set-cookie": access.open(origin, operator) });
    // One browser is signed in as one person.
    for (const cookie of access.close(request, origin, operator)) {
      answer.headers.append("set-cookie", cookie);
    }
    return answer;
  }

  /** `POST /board/sign-out` */
  signOut(request: Request, { origin }: Visit): Response {
    const answer = goTo("/board/sign-in?why=out");
    for (const cookie of this.#tools.access.close(request, origin)) {
      answer.headers.append("set-cookie", cookie);
    }
    return answer;
  }

  /** Who sends a request, where something lets them in. */
  personOf(request: Request, { origin, guest }: Visit): Person | undefined {
    if (guest) return { name: guest.name, mayWrite: !guest.read, canSignOut: false };
    const operator = this.#tools.access.sessionOf(request, origin)?.operator;
    if (operator === undefined) return undefined;
    const { token: _, ...known } = operator;
    return { ...known, canSignOut: true };
  }

  /** The answer that turns a request away; undefined for one that may pass. */
  async stop(request: Request, visit: Visit): Promise<Response | undefined> {
    const { tell } = this.#tools;
    const isReading = request.method !== "POST";
    const person = this.personOf(request, visit);
    if (person === undefined) {
      return isReading ? askToSignIn(request) : await this.#show({ reason: "ended", status: 401 });
    }
    if (isReading) return undefined;
    const isForReaders = FOR_READERS.includes(new URL(request.url).pathname);
    if (!person.mayWrite && !isForReaders) {
      const whose = person.name ?? "This token";
      const sentence = `${whose} may look at the board, but not change anything.`;
      return await tell({ status: 403, sentence }, { request, visit });
    }
    if (isFromHere(request, visit.origin)) return undefined;
    if (person.canSignOut) return await this.#show({ reason: "origin", status: 403 });
    const sentence = "The form did not come from this board.";
    return await tell({ status: 403, sentence }, { request, visit });
  }

  async #show(
    { status = 200, ...gate }: Parameters<typeof SignIn>[0] & { status?: number },
  ): Promise<Response> {
    const { wait } = gate;
    return await sendPage(
      <Page title="Sign in" assets={this.#tools.assets}>
        <SignIn {...gate} />
      </Page>,
      wait === undefined ? { status } : { status: 429, headers: { "retry-after": String(wait) } },
    );
  }
}

function askToSignIn({ url }: Request): Response {
  const { pathname, search } = new URL(url);
  const next = pathname + search;
  return goTo(address("/board/sign-in", { next: next === "/board" ? undefined : next }));
}

/** What the page says above the form, by the `why` in its address. */
const REASONS = {
  wrong: "This is not the operator token.",
  link: "This link has been used or has expired. Sign in with the operator token.",
  ended: "Your session has ended. Sign in again.",
  out: "You are signed out.",
  origin: "The form did not come from this board. Sign in here.",
} as const;

type Reason = keyof typeof REASONS;

/** `wait`: seconds until the next attempt counts. */
function SignIn(
  { reason, wait, next = "/board" }: { reason?: Reason; wait?: number; next?: string },
): Html {
  return (
    <div class="gate">
      <form method="post" action="/board/sign-in">
        <h1>Sign in</h1>
        {wait !== undefined && (
          <p class="bad" role="alert">
            Too many wrong tokens. Try again in {Math.ceil(wait / 60)} minutes.
          </p>
        )}
        {wait === undefined && reason !== undefined && (
          <p class={reason === "wrong" ? "bad" : undefined} role="status">{REASONS[reason]}</p>
        )}
        {next !== "/board" && <input type="hidden" name="next" value={next} />}
        <Field
          label="Operator token"
          type="password"
          name="token"
          required
          autocomplete="current-password"
          autofocus
        />
        <button type="submit" class="primary">Sign in</button>
        <p class="soft">
          The token is the value of{" "}
          <code>OPERATOR_TOKEN</code>. On your own machine, the service prints a sign-in link when
          it starts.
        </p>
      </form>
    </div>
  );
}
