/** @jsxImportSource hono/jsx */
/** In which zone the board's times are shown: a cookie of the browser says it, for everybody else nothing changes. */
import { isSecure, readCookie } from "../access/access.ts";
import { ownPage } from "../addresses.ts";
import type { ReadSheet } from "../desk.ts";
import { goTo } from "../layout.tsx";
import { isZone } from "../parts/local_time.ts";
import { fullTime } from "../parts/times.ts";
import { isoTime } from "../../logging/mod.ts";

export const UTC = "UTC";
/** board.js writes the same cookie. */
const COOKIE = "holdfast_zone";
const KEEP_SECONDS = 365 * 24 * 60 * 60;
/** As IANA writes names; offsets are none. */
const NAME = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+){0,2}$/;
const MAX_NAME_CHARS = 64;

/** The zone that the request's browser has chosen; UTC where it has none that we know. */
export function zoneOf(request: Request): string {
  const named = readCookie(request, COOKIE);
  return canBe(named) ? named : UTC;
}

/** `GET /board/time-zone` */
export const readTimeZone: ReadSheet = (_desk, _parameters, { clock, from }) => {
  const { zone, nowMs } = clock;
  const zones = new Set([UTC, ...Intl.supportedValuesOf("timeZone"), zone]);
  const content = (
    <div class="reading">
      <h1>Time zone</h1>
      <p>
        The board shows times in <strong>{zone}</strong>: now it is{" "}
        {fullTime(isoTime(nowMs), clock)}. Addresses, the API and what you copy keep UTC. The choice
        is kept in a cookie of this browser.
      </p>
      <form method="post" action="/board/time-zone">
        <input type="hidden" name="back" value={from} />
        <label class="field">
          <span>Show times in</span>
          <select name="zone">
            {[...zones].map((name) => <option value={name} selected={name === zone}>{name}
            </option>)}
          </select>
        </label>
        <div class="buttons">
          <button type="submit" class="primary">Save</button>
          {zone !== UTC && <button type="submit" name="zone" value={UTC}>Back to UTC</button>}
        </div>
      </form>
    </div>
  );
  return Promise.resolve({ title: "Time zone", content });
};

/** `POST /board/time-zone`: keeps the choice and goes back. Of several zones the last counts: that of a button. */
export function chooseTimeZone(form: URLSearchParams, origin: string): Response {
  const named = form.getAll("zone").at(-1) ?? "";
  const zone = canBe(named) ? named : UTC;
  const end = isSecure(origin) ? "; Secure" : "";
  // Of the whole host, as the session: the board need not know under which path people see it.
  const cookie = `${COOKIE}=${zone}; Path=/; Max-Age=${KEEP_SECONDS}; SameSite=Lax${end}`;
  return goTo(ownPage(form.get("back")), { "set-cookie": cookie });
}

const known = new Map<string, boolean>([[UTC, true]]);
const MAX_KNOWN = 200;

/** Also for a name that is no longer listed, as browsers send some: `Asia/Calcutta`. */
function canBe(name: string): boolean {
  if (name.length > MAX_NAME_CHARS || !NAME.test(name)) return false;
  let is = known.get(name);
  if (is === undefined) {
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(name, is = isZone(name));
  }
  return is;
}
