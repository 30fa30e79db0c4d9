/** @jsxImportSource hono/jsx */
import type { SearchFrame } from "../desk.ts";
import type { Person } from "../access/gate.tsx";
import type { Assets } from "../assets.ts";
import { address } from "../addresses.ts";
import type { Html } from "../parts/parts.tsx";
import { type Clock, count, counted, sumOf } from "../parts/times.ts";
import type { LogStats } from "../../logging/mod.ts";
import { ATTENTION, type Attention, BUSY_QUEUE, type FrameFacts } from "./facts.ts";
import { Search } from "./search.tsx";

export const SECTIONS = [
  { name: "errors", title: "Errors", path: "/board", hasService: true },
  { name: "logs", title: "Logs", path: "/board/logs", hasService: true },
  { name: "overview", title: "Overview", path: "/board/overview", hasService: true },
  { name: "releases", title: "Releases", path: "/board/releases", hasService: true },
  { name: "connect", title: "Connect", path: "/board/connect", hasService: false },
  { name: "keys", title: "Keys", path: "/board/keys", hasService: false },
  { name: "people", title: "People", path: "/board/people", hasService: false },
] as const;

export type Section = (typeof SECTIONS)[number]["name"];

export interface HeaderProps {
  section: Section | undefined;
  search: SearchFrame;
  facts: FrameFacts;
  person: Person;
  clock: Clock;
  assets: Assets;
}

/** Where one is, what needs attention, and the search. On a phone two lines: the pages and one's own things are in a menu. */
export function Header(props: HeaderProps): Html {
  const { section, search, facts } = props;
  const here = SECTIONS.find(({ name }) => name === section);
  return (
    <header class="top">
      <Brand assets={props.assets} />
      <details class="menu small-only">
        <summary>{here?.title ?? "Menu"}</summary>
        <div class="opened">
          <Pages section={section} svc_name={search.svc_name} label="Board, in a menu" />
          <Mine {...props} />
        </div>
      </details>
      <div class="pages">
        <Pages section={section} svc_name={search.svc_name} label="Board" />
      </div>
      <div class="state-of-things">
        <Troubles facts={facts} />
        {facts.attention && <NeedsAttention {...facts.attention} />}
      </div>
      <div class="mine">
        <Mine {...props} />
      </div>
      <Search search={search} services={facts.services} />
    </header>
  );
}

/** Before signing in. */
export function BareHeader({ assets }: { assets: Assets }): Html {
  return (
    <header class="top bare">
      <Brand assets={assets} />
    </header>
  );
}

function Brand({ assets }: { assets: Assets }) {
  return (
    <a class="brand" href="/board">
      <img src={assets.paths["icon.svg"]} alt="" width="20" height="20" />
      <span>Holdfast</span>
    </a>
  );
}

function Pages(
  { section, svc_name, label }: { section: Section | undefined; svc_name: string; label: string },
) {
  return (
    <nav aria-label={label}>
      {SECTIONS.map(({ name, title, path, hasService }) => (
        <a
          href={hasService ? address(path, { svc_name }) : path}
          aria-current={name === section ? "page" : undefined}
        >
          {title}
        </a>
      ))}
    </nav>
  );
}

/** Time zone, help, and who is signed in. */
function Mine({ clock: { zone }, person: { name, mayWrite, canSignOut } }: HeaderProps) {
  const who = [name, mayWrite ? undefined : "read only"].filter(Boolean).join(", ");
  const toZones = "/board/time-zone";
  return (
    <>
      <a href={toZones} title="Time zone of all times">
        <span class="unseen">Times in</span> {zone.split("/").at(-1)!.replaceAll("_", " ")}
      </a>
      {zone === "UTC" && <a href={toZones} data-local-time>Local time</a>}
      <a href="/board/help" data-help title="Keyboard and search">
        Help
      </a>
      {(who || canSignOut) && (
        <form class="out" method="post" action="/board/sign-out">
          {who && (
            <span class="who">
              <span class="unseen">Signed in:</span>
              {who}
            </span>
          )}
          {canSignOut && <button type="submit" class="quiet">Sign out</button>}
        </form>
      )}
    </>
  );
}

function NeedsAttention(attention: Attention) {
  const kinds = ATTENTION.filter((kind) => attention[kind] > 0);
  if (kinds.length === 0) return null;
  return (
    <nav class="attention" aria-label="Needs attention, last 24 hours">
      {kinds.map((kind) => (
        <a class={`trait ${kind}`} href={address("/board", { what: kind })}>
          {count(attention[kind], MAX_COUNTED)} {kind}
        </a>
      ))}
    </nav>
  );
}

/** Of errors that need attention; nobody reads a larger number. */
const MAX_COUNTED = 1_000;

/** Nothing while the log is delivered well. */
function Troubles({ facts: { delivery } }: { facts: FrameFacts }) {
  const troubles = troublesIn(delivery);
  if (troubles.length === 0) return null;
  return (
    <a class="troubles" href="/board/overview#delivery">
      <span class="unseen">Log delivery:</span> {troubles.join(" · ")}
    </a>
  );
}

function troublesIn({ stats, health, nearQuota }: FrameFacts["delivery"]): string[] {
  const dropped = droppedOf(stats);
  const share = stats.queue_bytes / stats.queue_limit_bytes;
  return [
    ...(health === null ? ["store not answering"] : []),
    ...(dropped > 0 ? [`${count(dropped)} dropped`] : []),
    ...(share > BUSY_QUEUE ? [`queue ${Math.round(share * 100)} % full`] : []),
    ...stats.sinks_down.map((sink) => `${sink} down`),
    ...(nearQuota.length > 0 ? [`${counted(nearQuota.length, "key")} near quota`] : []),
  ];
}

/** Dropped records of all levels and reasons. */
export function droppedOf({ dropped }: LogStats): number {
  return sumOf(Object.values(dropped).flatMap((reasons) => Object.values(reasons)));
}
