/** @jsxImportSource hono/jsx */
import type { IntakeCount, KeySummary } from "../../logging/mod.ts";
import { ANY_SERVICE, dsnOf } from "../../store/intake_key.ts";
import { MAX_NAME_CHARS } from "../../store/limits.ts";
import { address } from "../addresses.ts";
import { ClientCounts } from "./client_counts.tsx";
import { nameOf } from "./keys_page.tsx";
import { CopyText, Field, type Html, Panel, Select } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";
import { type Platform, PLATFORMS } from "./snippets.ts";

/** Stands in a snippet where no key is known. */
const NO_KEY = "KEY";

/** A key whose text is known: the first one, a public one, one that was just made. */
export interface KnownKey {
  id: string;
  key: string;
  service: string | null;
  isPublic: boolean;
}

/** What came from a service since the page was opened. */
export interface Arrived {
  text: string;
  path: string;
}

/** What the address says. */
export interface ConnectView {
  platform: Platform;
  /** As typed; empty: that of the key, else any. */
  service: string;
  /** The id of a known key; empty: the one that fits. */
  key: string;
  sinceMs: number;
}

export interface ConnectProps {
  view: ConnectView;
  keys: readonly KnownKey[];
  /** Made by the button on this page, and not shown again. */
  made?: KnownKey | undefined;
  arrived: Arrived | null;
  counts: readonly IntakeCount[];
  /** Address of the API, without a slash at its end. */
  base: string;
  mayChange: boolean;
}

export function readConnectView(parameters: URLSearchParams, nowMs: number): ConnectView {
  const since = Number(parameters.get("since"));
  const id = parameters.get("platform");
  return {
    platform: PLATFORMS.find((platform) => platform.id === id) ?? PLATFORMS[0]!,
    service: (parameters.get("service") ?? "").trim().slice(0, MAX_NAME_CHARS),
    key: parameters.get("key") ?? "",
    sinceMs: since > 0 && since <= nowMs ? since : nowMs,
  };
}

/** The keys that a platform can use. */
export function fitting(keys: readonly KnownKey[], { takes }: Platform): KnownKey[] {
  return keys.filter(({ isPublic }) => takes === "any" || isPublic === (takes === "public"));
}

/** The key that the page shows, and the service that it reports as. */
export function chosen(
  { view, keys, made }: Pick<ConnectProps, "view" | "keys" | "made">,
): { key: KnownKey | undefined; service: string } {
  const usable = fitting(made ? [made, ...keys] : keys, view.platform);
  const key = usable.find(({ id }) => id === (made?.id ?? view.key)) ??
    usable.find(({ service }) => service === view.service && view.service !== "") ??
    usable.find(({ service }) => service === null || view.service === "");
  return { key, service: key?.service ?? (view.service || ANY_SERVICE) };
}

function connectAddress(view: ConnectView, change: Partial<ConnectView> = {}): string {
  const { platform, service, key, sinceMs } = { ...view, ...change };
  return address("/board/connect", {
    platform: platform.id,
    service,
    key,
    since: String(sinceMs),
  });
}

export function ConnectPage(props: ConnectProps): Html {
  const { view, counts } = props;
  return (
    <>
      <h1 class="unseen">Connect</h1>
      <nav class="tabs wraps" aria-label="Platform">
        {PLATFORMS.map((platform) => (
          <a
            href={connectAddress(view, { platform })}
            aria-current={platform === view.platform ? "page" : undefined}
          >
            {platform.title}
          </a>
        ))}
      </nav>
      <div class="connect">
        <Steps {...props} />
        <div class="stack">
          <Watch {...props} />
          <ClientCounts counts={counts} />
        </div>
      </div>
    </>
  );
}

function Steps(props: ConnectProps) {
  const { view: { platform }, made, base } = props;
  const { key, service } = chosen(props);
  const text = key?.key ?? NO_KEY;
  const told = { dsn: dsnOf({ base, key: text, service }), key: text, base, service };
  return (
    <div class="stack">
      <Panel title={`Connect ${platform.title}`}>
        <div class="inner howto">
          <Choice {...props} />
          {made && (
            <p class="flash" role="status" data-once>
              {made.isPublic
                ? "The key was made: it is in the program below."
                : "The key was made: it is in the program below, and is not shown again."}
            </p>
          )}
          {!made && key === undefined && (
            <p class="warn">
              No {platform.takes === "any" ? "" : `${platform.takes} `}key can be shown for{" "}
              <bdi>{plainLine(service, 60)}</bdi>: of secret ones the store keeps digests.{" "}
              Make one, or write yours in place of {NO_KEY}.
            </p>
          )}
          {platform.install !== undefined && <CopyText label="Install" text={platform.install} />}
          <CopyText label={platform.file} text={platform.text(told)} />
          {platform.run !== undefined && <CopyText label="Run" text={platform.run} />}
          {platform.ask !== undefined && (
            <CopyText label="Ask it, on another terminal" text={platform.ask} />
          )}
          {platform.note !== undefined && <Note text={platform.note} />}
          {platform.takes !== "secret" && <CopyText label="The DSN alone" text={told.dsn} />}
        </div>
      </Panel>
    </div>
  );
}

/** Names of files stand out: nothing here serves them, so they are no links. */
function Note({ text }: { text: string }) {
  return (
    <p class="soft">
      {text.split(/(docs\/\S+\.md)/).map((part, index) => index % 2 ? <code>{part}</code> : part)}
    </p>
  );
}

/** Which service and key: another choice is another address. A new key is made by a form of its own. */
function Choice(props: ConnectProps) {
  const { view, keys, made, mayChange } = props;
  const { key, service } = chosen(props);
  const usable = fitting(keys, view.platform);
  const options = usable.map((known) => [known.id, titleOf(known)] as const);
  return (
    <div class="choice">
      <form class="buttons" action="/board/connect">
        <input type="hidden" name="platform" value={view.platform.id} />
        <input type="hidden" name="since" value={String(view.sinceMs)} />
        <Field label="Service" wide name="service" value={service} maxlength={MAX_NAME_CHARS} />
        {options.length > 0 && !made && (
          <Select
            name="key"
            label="Key"
            value={key?.id ?? ""}
            options={key === undefined ? [["", "none fits"], ...options] : options}
          />
        )}
        <button type="submit">Show</button>
      </form>
      {mayChange && (
        <form class="buttons" method="post" action="/board/connect">
          <input type="hidden" name="platform" value={view.platform.id} />
          <input type="hidden" name="service" value={service} />
          <input type="hidden" name="since" value={String(view.sinceMs)} />
          <button type="submit">
            Make a {view.platform.takes === "public" ? "public " : ""}key for{" "}
            <bdi>{plainLine(service, 60)}</bdi>
          </button>
        </form>
      )}
    </div>
  );
}

function titleOf({ key, service, isPublic }: KnownKey): string {
  return `${nameOf({ service })} (${isPublic ? "public" : "secret"}, ${key.slice(0, 6)}…)`;
}

/** Filled in by the script; without it the link asks again. */
function Watch(props: ConnectProps) {
  const { view, arrived } = props;
  const { service } = chosen(props);
  const watch = address("/board/connect/arrived", { service, since: String(view.sinceMs) });
  return (
    <Panel title="The first event">
      <div class="inner watch" data-watch={arrived ? undefined : watch}>
        <p role="status" data-arrived>
          {arrived ? <a href={arrived.path}>{arrived.text}</a> : (
            <>
              Waiting for something from <bdi>{plainLine(service, 80)}</bdi>.
            </>
          )}
        </p>
        {!arrived && (
          <p class="soft">
            <a href={connectAddress(view, { service })} data-again>Look again</a>
          </p>
        )}
      </div>
    </Panel>
  );
}

/** A key of the list whose text is known, as the page offers it. */
export function knownKey({ id, key, service, is_public }: KeySummary): KnownKey | undefined {
  return key === null ? undefined : { id, key, service, isPublic: is_public };
}
