/** @jsxImportSource hono/jsx */
import { address } from "../addresses.ts";
import type { Html } from "../parts/parts.tsx";

/** A request that got no page. */
export interface BoardFailure {
  status: number;
  sentence: string;
  /** The receipt of the failure, where it was recorded. */
  errorId?: string;
}

/** Where somebody can go from there. */
export interface WayOn {
  /** The page that was asked for; absent for a form. */
  again?: string;
  /** The page with the form. */
  back?: string;
}

const TITLES: Readonly<Record<number, string>> = {
  403: "This is not allowed",
  404: "Nothing is here",
  413: "This is too much",
  429: "Too many requests",
  503: "The store does not answer",
  504: "This took too long",
};
const OTHER_TITLES = { theirs: "This cannot be done", ours: "This page could not be made" };

/** What went wrong, and ways on. Asking again helps where the fault is ours. */
export function FailureText({ failure, way }: { failure: BoardFailure; way: WayOn }): Html {
  const { status, sentence, errorId } = failure;
  const isOurs = status >= 500 || status === 429;
  return (
    <div class="reading">
      <h1>{titleOf(status)}</h1>
      <p>{sentence}</p>
      {status === 503 && (
        <p class="soft">
          Records wait in the queue meanwhile, and none is lost while it has room. The service's own
          output says why the store does not answer.
        </p>
      )}
      {errorId !== undefined && (
        <p class="soft">
          The failure was recorded. Its receipt is{" "}
          <a href={address("/board", { q: errorId })}>
            <code>{errorId}</code>
          </a>.
        </p>
      )}
      {isOurs && way.again !== undefined && (
        <p>
          <a class="button primary" href={way.again}>Try again</a>
        </p>
      )}
      {way.back !== undefined && (
        <p>
          <a class="button primary" href={way.back}>Back to the page</a>
        </p>
      )}
      <p>
        Go to the <a href="/board">errors</a>, the <a href="/board/logs">logs</a>, or the{" "}
        <a href="/board/overview">overview</a>.
      </p>
    </div>
  );
}

export function titleOf(status: number): string {
  return TITLES[status] ?? OTHER_TITLES[status < 500 ? "theirs" : "ours"];
}
