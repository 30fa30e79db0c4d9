/** @jsxImportSource hono/jsx */
/** What is said of an error that is resolved: in which release, and what shows that it is fixed. */
import type { ErrorDetail, ReleaseAppeared } from "../../logging/mod.ts";
import { OTHERS, PROOF_ANSWERS } from "../../store/limits.ts";
import { versionOrder } from "../../store/traffic/version.ts";
import { type Html, Moment } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";
import { errorsOfRelease } from "../services/releases_page.tsx";
import { type Clock, count, counted } from "../parts/times.ts";

/** Releases that the form proposes. */
const MAX_PROPOSED = 20;
const MAX_NAME_CHARS = 256;

/** Beside a resolved error. */
export function Fix({ error, clock }: { error: ErrorDetail; clock: Clock }): Html {
  const { svc_name, resolved_at, resolved_in, resolved_next } = error;
  return (
    <>
      <p>
        <strong>Resolved</strong>{" "}
        {resolved_at !== null && <Moment time={resolved_at} clock={clock} />}
        {". "}
        {resolved_next && "By the next release. None has come yet."}
        {resolved_in !== null && (
          <>
            In release <ReleaseLink field="release" svc_name={svc_name} release={resolved_in} />
          </>
        )}
        {!resolved_next && resolved_in === null && "By time, whatever the release."}
      </p>
      {!resolved_next && <ProofText error={error} clock={clock} />}
    </>
  );
}

function ProofText({ error, clock }: { error: ErrorDetail; clock: Clock }) {
  const { proof, proved_at, resolved_in } = error;
  if (proof === null) {
    return error.route !== null && <p class="soft">No answer of its route since.</p>;
  }
  const { requests, failures, since } = proof;
  return (
    <p>
      {proved_at !== null && <strong class="state resolved proved">Proved</strong>}{" "}
      {`${counted(requests, "answer")} of its route`}
      {resolved_in !== null && (
        <>
          {" "}on <bdi class="code">{plainLine(resolved_in, MAX_NAME_CHARS)}</bdi>
        </>
      )} since <Moment time={since} clock={clock} />, {failures === 0
        ? "none failed with this error."
        : <span class="bad">{`${count(failures)} failed with this error.`}</span>}
      {proved_at === null && failures === 0 &&
        ` It is proved when ${PROOF_ANSWERS} of them are good.`}
    </p>
  );
}

/** Leads to the errors that have the release in this field. */
export function ReleaseLink(
  { field, svc_name, release }: {
    field: "release" | "first_release" | "came_back_in";
    svc_name: string;
    release: string;
  },
): Html {
  return (
    <a href={errorsOfRelease(field, { svc_name, release })}>
      <bdi>{plainLine(release, MAX_NAME_CHARS)}</bdi>
    </a>
  );
}

/**
 * The releases that may fix an error: those that are newer than the one in which it happened last, the newest first. Newer is a
 * higher version, where both are versions; else what appeared later.
 *
 * @param releases Of its service, those that appeared last first.
 */
export function releasesAfter(releases: readonly ReleaseAppeared[], last: string | null): string[] {
  const names = releases.map(({ release }) => release);
  const place = last === null ? -1 : names.indexOf(last);
  return names
    .filter((name, index) => {
      if (name === last || name === OTHERS) return false;
      const order = last === null ? undefined : versionOrder(name, last);
      return order === undefined ? place < 0 || index < place : order > 0;
    })
    .slice(0, MAX_PROPOSED);
}
