/** @jsxImportSource hono/jsx */
import type { IntakeCount } from "../../logging/mod.ts";
import { ANY_SERVICE, dsnOf } from "../../store/intake_key.ts";
import { MAX_NAME_CHARS } from "../../store/limits.ts";
import { address } from "../addresses.ts";
import { type Arrived, type Awaited, watchPath } from "./arrived.ts";
import { ClientCounts } from "./client_counts.tsx";
import { type KnownKey, nameOf } from "./known_keys.ts";
import {
  type Child,
  CopyText,
  Field,
  type Html,
  PageHead,
  Panel,
  Select,
  Waiting,
} from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";
import { type Platform, PLATFORMS } from "./snippets.ts";

/** Stands in a snippet where no key is known. */
const NO_KEY = "KEY";

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
function fitting(keys: readonly KnownKey[], { takes }: Platform): KnownKey[] {
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

export function connectPath(
  view: { platform?: string; service?: string; key?: string; sinceMs?: number },
): string {
  const { platform, service, key, sinceMs } = view;
  return address("/board/connect", { platform, service, key, since: sinceMs?.toString() });
}

export function ConnectPage(props: ConnectProps): Html {
  const { view, arrived, counts } = props;
  const { service } = chosen(props);
  const { platform: { id: platform }, sinceMs } = view;
  return (
    <>
      <PageHead
        title="Connect a service"
        says="Choose what it is made with, then give it a string."
      />
      <nav class="platforms" aria-label="Platform">
        {PLATFORMS.map(({ id, title }) => (
          <a
            href={connectPath({ ...view, platform: id })}
            aria-current={id === platform ? "page" : undefined}
          >
            {title}
          </a>
        ))}
      </nav>
      <div class="connect">
        <Steps {...props} />
        <div class="stack">
          <FirstEvent
            awaited={{ service, sinceMs }}
            arrived={arrived}
            again={connectPath({ ...view, platform, service })}
          >
            Waiting for something from <bdi>{plainLine(service, 80)}</bdi>
          </FirstEvent>
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
  const isWhole = platform.string.text(told) === platform.text(told);
  return (
    <div class="stack">
      <Choice {...props} />
      {made && (
        <p class="flash" role="status" data-once>
          {made.isPublic
            ? "The key was made: it is in the texts below."
            : "The key was made: it is in the texts below, and is not shown again."}
        </p>
      )}
      {!made && key === undefined && (
        <p class="warn">
          No {platform.takes === "any" ? "" : `${platform.takes} `}key can be shown for{" "}
          <bdi>{plainLine(service, 60)}</bdi>: of secret ones the store keeps digests.{" "}
          Make one, or write yours in place of {NO_KEY}.
        </p>
      )}
      <CopyText label={platform.string.label} text={platform.string.text(told)} />
      {!isWhole && (
        <Panel title="Try it" hint={platform.run && "a whole program that reports one failure"}>
          <div class="stack">
            {platform.install !== undefined && <CopyText label="Install" text={platform.install} />}
            <CopyText label={platform.file} text={platform.text(told)} />
            {platform.run !== undefined && <CopyText label="Run" text={platform.run} />}
            {platform.ask !== undefined && (
              <CopyText label="Ask it, on another terminal" text={platform.ask} />
            )}
          </div>
        </Panel>
      )}
      {platform.note !== undefined && <Note text={platform.note} />}
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
  const options = fitting(keys, view.platform).map((known) => [known.id, titleOf(known)] as const);
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
        <form method="post" action="/board/connect">
          <input type="hidden" name="platform" value={view.platform.id} />
          <input type="hidden" name="service" value={service} />
          <input type="hidden" name="since" value={String(view.sinceMs)} />
          <button type="submit" class={key === undefined ? "primary" : undefined}>
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
export function FirstEvent(
  { awaited, arrived, again, children }: {
    awaited: Awaited;
    arrived: Arrived | null;
    again: string;
    children: Child;
  },
): Html {
  return (
    <div
      class={arrived ? "watch here" : "watch"}
      data-watch={arrived ? undefined : watchPath(awaited)}
    >
      <p role="status" data-arrived>
        {arrived ? <a href={arrived.path}>{arrived.text}</a> : <Waiting>{children}</Waiting>}
      </p>
      {!arrived && (
        <p>
          <a href={again} data-again>Look again</a>
        </p>
      )}
    </div>
  );
}
