/** @jsxImportSource hono/jsx */
import { type ErrorSummary, MAX_TOTAL } from "../../logging/mod.ts";
import { errorPath } from "../addresses.ts";
import { Bars } from "../parts/charts.tsx";
import { type Html, LevelMark, Moment, StateMark } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";
import { type Clock, count, counted, sumOf } from "../parts/times.ts";
import { Traits } from "./traits.tsx";

/** Environments in a row. */
const MAX_ENVIRONMENTS = 2;
const MAX_NAME_CHARS = 40;
/** A row of another level says so. */
const USUAL_LEVEL = "ERROR";

/** The first line says what happened, the second one where; the link comes first for the keyboard. */
export function ErrorRow(
  { error, trend, hasState, mayWrite, sinceMs, clock }: {
    error: ErrorSummary;
    trend: readonly number[] | undefined;
    /** Says its state, where the list has several. */
    hasState: boolean;
    mayWrite: boolean;
    /** From when on it is new. */
    sinceMs: number;
    clock: Clock;
  },
): Html {
  const type = plainLine(error.type, 100);
  const message = plainLine(error.message, 240);
  const { route, location, svc_name, assigned_to, environments, level } = error;
  const more = environments.length - MAX_ENVIRONMENTS;
  return (
    <li data-row>
      <div class="what">
        <a href={errorPath(error.id)}>
          <b dir="auto">{type}</b> <bdi>{message}</bdi>
        </a>
        <p class="where">
          {hasState && <StateMark state={error.state} />}
          <Traits error={error} sinceMs={sinceMs} clock={clock} />
          {level !== USUAL_LEVEL && <LevelMark level={level} />}
          <bdi class="code">{plainLine(location, 120)}</bdi>
          {route !== null && route !== location && <bdi>{plainLine(route, 80)}</bdi>}
          {svc_name !== route && <bdi class="svc">{plainLine(svc_name, 80)}</bdi>}
          {environments.slice(0, MAX_ENVIRONMENTS).map((name) => (
            <bdi>{plainLine(name, MAX_NAME_CHARS)}</bdi>
          ))}
          {more > 0 && <span>{`+${more}`}</span>}
          <Releases error={error} />
          {assigned_to !== null && (
            <span>
              assigned to <bdi>{plainLine(assigned_to, MAX_NAME_CHARS)}</bdi>
            </span>
          )}
        </p>
      </div>
      {mayWrite
        ? (
          <label class="pick">
            <input
              type="checkbox"
              name="id"
              value={error.id}
              aria-label={`Select ${type}: ${message.slice(0, 80)}`}
            />
          </label>
        )
        : <span class="pick"></span>}
      <div class="trend">{trend && <Trend trend={trend} />}</div>
      <div class="often" title={counted(error.count, "occurrence")}>
        {count(error.count)} <span class="unit">{error.count === 1 ? "time" : "times"}</span>
      </div>
      <div class={error.users === 0 ? "hit none" : "hit"}>
        {error.users === 0 ? "–" : count(error.users, MAX_TOTAL)}{" "}
        <span class="unit">{error.users === 1 ? "user" : "users"}</span>
      </div>
      <div class="when">
        <Moment time={error.last_seen} clock={clock} />
        <span>
          first <Moment time={error.first_seen} clock={clock} />
        </span>
      </div>
    </li>
  );
}

/** `1.4.0 → 1.5.0`, `1.4.0 → back in 1.5.0`. */
function Releases({ error }: { error: ErrorSummary }) {
  const { first_release, last_release, came_back_in } = error;
  const last = came_back_in ?? last_release;
  if (first_release === null && last === null) return null;
  const shown = (name: string) => plainLine(name, MAX_NAME_CHARS);
  const hasFirst = first_release !== null && first_release !== last;
  return (
    <span class="chip" title={came_back_in === null ? "Release" : "Release in which it came back"}>
      {hasFirst && <bdi>{shown(first_release)}</bdi>}
      {hasFirst && last !== null && " → "}
      {came_back_in !== null && "back in "}
      {last !== null && <bdi>{shown(last)}</bdi>}
    </span>
  );
}

function Trend({ trend }: { trend: readonly number[] }) {
  const label = `${count(sumOf(trend))} in 24 hours, at most ${
    count(Math.max(0, ...trend))
  } an hour`;
  const bars = trend.map((value) => ({ value }));
  return <Bars bars={bars} label={label} />;
}
