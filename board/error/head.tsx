/** @jsxImportSource hono/jsx */
/** At a glance: what an error is, how bad, since when, and for whom. */
import { type ErrorDetail, MAX_TOTAL } from "../../logging/mod.ts";
import { type Child, type Html, LevelMark, Moment } from "../parts/parts.tsx";
import { plain, plainLine } from "../parts/plain.ts";
import { token } from "../../modules/search.ts";
import { address } from "../addresses.ts";
import { type Clock, count, fullTime, sumOf } from "../parts/times.ts";
import { Fix, ReleaseLink } from "./fix.tsx";

/** A longer message scrolls. */
const SCROLLING_CHARS = 400;
/** A longer type is cut in the row of actions, of a narrow window and of a wide one. */
const NARROW_TYPE_CHARS = 20;
const WIDE_TYPE_CHARS = 40;
const MAX_ENVIRONMENTS = 3;

export function Head({ error, clock }: { error: ErrorDetail; clock: Clock }): Html {
  return (
    <header class="head">
      {error.type.length > NARROW_TYPE_CHARS && (
        <p class={error.type.length > WIDE_TYPE_CHARS ? "type" : "type narrow"}>
          <bdi>{plainLine(error.type, 200)}</bdi>
        </p>
      )}
      <p
        class="message"
        dir="auto"
        tabindex={error.message.length > SCROLLING_CHARS ? 0 : undefined}
      >
        {plain(error.message)}
      </p>
      <Where error={error} />
      <Holds error={error} clock={clock} />
      <Glance error={error} clock={clock} />
    </header>
  );
}

function Where({ error }: { error: ErrorDetail }) {
  const { svc_name, environments, location, route } = error;
  const shown = environments.slice(0, MAX_ENVIRONMENTS).map((name) => plainLine(name, 40));
  const more = environments.length - shown.length;
  return (
    <p class="place">
      <a href={address("/board", { q: token("svc_name", svc_name), state: "all" })}>
        <bdi>{plainLine(svc_name, 80)}</bdi>
      </a>
      {shown.length > 0 && <bdi>{shown.join(", ") + (more > 0 ? ` +${more}` : "")}</bdi>}
      {route !== null && <bdi>{plainLine(route, 120)}</bdi>}
      {location !== route && location !== svc_name && (
        <bdi class="code">{plainLine(location, 160)}</bdi>
      )}
    </p>
  );
}

/** What holds for an error that is not open. */
function Holds({ error, clock }: { error: ErrorDetail; clock: Clock }) {
  const { state, muted_until, muted_more } = error;
  if (state === "open") return null;
  const ends = [
    muted_until !== null && `until ${fullTime(muted_until, clock)}`,
    muted_more !== null && `until it happens ${count(muted_more)} more times`,
  ].filter(Boolean).join(", or ");
  return (
    <div class={`holds ${state}`}>
      {state === "resolved" ? <Fix error={error} clock={clock} /> : (
        <p>
          <strong>Muted</strong> {ends === "" ? "for good" : ends}.
        </p>
      )}
    </div>
  );
}

interface Fact {
  name: string;
  value: Child;
  more?: Child;
  tone?: "bad" | "warn" | false;
}

/** A line of facts: what an operator asks first, in the order of asking. */
function Glance({ error, clock }: { error: ErrorDetail; clock: Clock }) {
  const { svc_name, users, level, worst_level, last_release, trend } = error;
  const facts: (Fact | false)[] = [
    {
      name: "Times",
      value: count(error.count),
      more: `${count(sumOf(trend))} in 24 hours`,
    },
    {
      name: "Users",
      value: users === 0 ? "–" : <a href="#users">{count(users, MAX_TOTAL)}</a>,
      more: users === 0 && "none is named",
    },
    sinceRelease(error),
    {
      name: "First seen",
      value: <Moment time={error.first_seen} clock={clock} />,
      more: fullTime(error.first_seen, clock),
    },
    {
      name: "Last seen",
      value: <Moment time={error.last_seen} clock={clock} />,
      more: last_release === null
        ? fullTime(error.last_seen, clock)
        : <>in {<ReleaseLink field="release" svc_name={svc_name} release={last_release} />}</>,
    },
    {
      name: "Level now",
      value: <LevelMark level={level} />,
      more: worst_level !== level && `${worst_level} in 24 hours`,
    },
  ];
  return (
    <dl class="glance">
      {facts.filter((fact) => fact !== false).map(({ name, value, more, tone }) => (
        <div class={tone || undefined}>
          <dt>{name}</dt>
          <dd>{value}</dd>
          {more && <dd class="soft">{more}</dd>}
        </div>
      ))}
    </dl>
  );
}

/** The release that brought it back, else the one that brought it. */
function sinceRelease(
  { svc_name, came_back, came_back_in, first_release }: ErrorDetail,
): Fact | false {
  if (came_back) {
    return {
      name: "Came back in",
      value: came_back_in === null
        ? "no known release"
        : <ReleaseLink field="came_back_in" svc_name={svc_name} release={came_back_in} />,
      more: first_release !== null && (
        <>
          first in{" "}
          {<ReleaseLink field="first_release" svc_name={svc_name} release={first_release} />}
        </>
      ),
      tone: "warn",
    };
  }
  if (first_release === null) return false;
  return {
    name: "Since release",
    value: <ReleaseLink field="first_release" svc_name={svc_name} release={first_release} />,
  };
}
