/** @jsxImportSource hono/jsx */
import type { KeySummary } from "../../logging/mod.ts";
import { DEFAULT_QUOTAS, dsnOf, hasDsn } from "../../store/intake_key.ts";
import { MAX_NAME_CHARS, MAX_NOTE_CHARS, MAX_QUOTA } from "../../store/limits.ts";
import { address } from "../addresses.ts";
import { connectPath } from "./connect_page.tsx";
import { isValid, nameOf } from "./known_keys.ts";
import { CopyText, Empty, Field, type Html, Moment, PageHead } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";
import { isNearQuota } from "./quota_watch.ts";
import { type Column, Table } from "../parts/table.tsx";
import { type Clock, count } from "../parts/times.ts";

const NEW_KEY_ID = "new-key";
const BAR_WIDTH = 100;

/** A key that was just made. */
export interface MadeKey {
  summary: KeySummary;
  key: string;
  dsn: string;
}

export interface KeysProps {
  keys: readonly KeySummary[];
  made?: MadeKey;
  /** One was just revoked. */
  isRevoked?: boolean;
  /** The id of one that is to be revoked, as soon as that is confirmed. */
  revoking?: string;
  /** Address of the API, without a slash at its end. */
  base: string;
  /** False for a guest who may only look. */
  mayChange: boolean;
  clock: Clock;
}

export function KeysPage({ keys, made, isRevoked, revoking, ...props }: KeysProps): Html {
  const { mayChange, clock } = props;
  const valid = keys.filter(isValid);
  const revoked = keys.filter((key) => !isValid(key));
  const asked = valid.find(({ id }) => id === revoking);
  return (
    <>
      <PageHead
        title="Keys"
        says="With these other services report. Numbers are of today (UTC), from all instances."
      >
        {mayChange && <a class="button" href={`#${NEW_KEY_ID}`}>New key</a>}
      </PageHead>
      <div class="stack">
        {made && <Made {...made} />}
        {isRevoked && <p class="flash" role="status">The key is revoked.</p>}
        {mayChange && asked && canRevoke(asked) && <Confirm key_={asked} clock={clock} />}
        {valid.length > 0
          ? <Table caption="Keys of other services" columns={columnsOf(props)} rows={valid} />
          : (
            <Empty title="No keys">
              <p>
                Without a key nothing is taken from other services.{" "}
                {mayChange ? "Make one below, or set" : "Set"} INTAKE_KEYS.
              </p>
            </Empty>
          )}
        {mayChange && <NewKeyForm />}
        {revoked.length > 0 && (
          <details>
            <summary>Revoked keys ({count(revoked.length)})</summary>
            <Table caption="Revoked keys" columns={pastColumns(clock)} rows={revoked} />
          </details>
        )}
      </div>
    </>
  );
}

/** A secret key is on this page alone: the script takes its form off the history, so that reloading makes no other. */
function Made({ summary, key, dsn }: MadeKey) {
  const { is_public, service } = summary;
  return (
    <section class="made" role="status" data-once>
      <h2>{is_public ? "The key was made" : "Copy the key now: it is not shown again"}</h2>
      <CopyText label="DSN, for Sentry's clients" text={dsn} />
      <CopyText label="Key, as bearer token" text={key} />
      <p>
        {is_public
          ? "A public key may stand in a browser's code. It opens the event routes of Sentry alone."
          : "Only a digest of it is stored."}{" "}
        <a href={connectPath({ service: service ?? "" })}>How to connect an app</a>
      </p>
    </section>
  );
}

/** Nothing makes a key valid again: who revokes it sees first what it still brings. */
function Confirm({ key_: key, clock }: { key_: KeySummary; clock: Clock }) {
  return (
    <section class="confirm" role="status">
      <h2>
        Revoke the key <code>{key.beginning}…</code> of <bdi>{nameOf(key)}</bdi>?
      </h2>
      <p>
        Whoever reports with it is refused from then on, for good.{" "}
        {key.last_used_at === null ? "It was never used." : (
          <>
            It was used <Moment time={key.last_used_at} clock={clock} />, and brought{" "}
            {count(key.taken_today)} today.
          </>
        )}
      </p>
      <form class="buttons" method="post" action="/board/keys/revoke">
        <input type="hidden" name="id" value={key.id} />
        <button type="submit" name="sure" value="yes" class="bad">Revoke the key</button>
        <a class="button" href="/board/keys">Keep it</a>
      </form>
    </section>
  );
}

function columnsOf(
  { base, mayChange, clock }: Pick<KeysProps, "base" | "mayChange" | "clock">,
): Column<KeySummary>[] {
  return [
    { title: "Service", cell: (key) => <Name key_={key} base={base} clock={clock} /> },
    { title: "Taken", isNumber: true, cell: ({ taken_today }) => count(taken_today) },
    {
      title: "Refused",
      hint: "Beyond the quota",
      isNumber: true,
      cell: ({ refused_today: refused }) => (
        <span class={refused > 0 ? "bad" : undefined}>{count(refused)}</span>
      ),
    },
    {
      title: "Most in a second",
      hint: "The most that it brought within one second, of what it may",
      isNumber: true,
      cell: (key) => <Peak key_={key} />,
    },
    {
      title: "Last used",
      isNumber: true,
      cell: ({ last_used_at: used }) =>
        used === null ? <span class="soft">never</span> : <Moment time={used} clock={clock} />,
    },
    ...mayChange ? [{ title: "", isNumber: true, cell: revokeLink }] : [],
  ];
}

function Name(
  { key_: key, base, clock }: { key_: KeySummary } & Pick<KeysProps, "base" | "clock">,
) {
  return (
    <>
      <b>
        <bdi>{nameOf(key)}</bdi>
      </b>{" "}
      <Kind isPublic={key.is_public} />{" "}
      {isNearQuota(key) && <span class="state back">near its quota</span>}
      <span class="more">
        <code>{key.beginning}…</code>
        {key.note !== "" && (
          <>
            {" "}
            <bdi>{plainLine(key.note, 200)}</bdi>
          </>
        )} · {key.created_at === null ? `from ${key.created_by}` : (
          <>
            by <bdi>{plainLine(key.created_by, 60)}</bdi>{" "}
            <Moment time={key.created_at} clock={clock} />
          </>
        )}
      </span>
      {key.key !== null && <Whole service={key.service} text={key.key} base={base} />}
    </>
  );
}

/** A public key, as it is put to use. */
function Whole(
  { service, text, base }: { service: string | null; text: string; base: string },
) {
  if (!hasDsn({ key: text })) return <CopyText label="Key" text={text} />;
  return <CopyText label="DSN" text={dsnOf({ base, key: text, service })} />;
}

function Peak({ key_: key }: { key_: KeySummary }) {
  const isNear = isNearQuota(key);
  const part = Math.min(1, key.peak_today / key.quota);
  return (
    <span class={isNear ? "share warn" : "share"}>
      <span>
        {count(key.peak_today)} <span class="soft">of {count(key.quota)}</span>
      </span>
      <svg viewBox={`0 0 ${BAR_WIDTH} 4`} preserveAspectRatio="none" aria-hidden="true">
        <path class="base" d={`M0 3.5H${BAR_WIDTH}`} />
        <rect width={(part * BAR_WIDTH).toFixed(1)} height="4" />
      </svg>
    </span>
  );
}

function revokeLink(key: KeySummary) {
  if (!canRevoke(key)) return null;
  return (
    <a href={address("/board/keys", { revoke: key.id })}>
      Revoke<span class="unseen">{` the key ${key.beginning}… of ${nameOf(key)}`}</span>
    </a>
  );
}

/** Those of the environment are changed where they are set. */
function canRevoke({ created_at }: KeySummary): boolean {
  return created_at !== null;
}

function pastColumns(clock: Clock): Column<KeySummary>[] {
  return [
    {
      title: "Service",
      cell: (key) => (
        <>
          <bdi>{nameOf(key)}</bdi> <code>{key.beginning}…</code> <Kind isPublic={key.is_public} />
        </>
      ),
    },
    {
      title: "Made by",
      cell: ({ created_by }) => <bdi>{plainLine(created_by, 60)}</bdi>,
    },
    {
      title: "Revoked by",
      cell: ({ revoked_by }) => <bdi>{plainLine(revoked_by ?? "", 60)}</bdi>,
    },
    {
      title: "Revoked",
      isNumber: true,
      cell: ({ revoked_at }) => <Moment time={revoked_at!} clock={clock} />,
    },
  ];
}

function NewKeyForm() {
  return (
    <section class="panel" id={NEW_KEY_ID}>
      <h2>New key</h2>
      <form class="buttons" method="post" action="/board/keys">
        <Field label="Service (empty: any)" wide name="service" maxlength={MAX_NAME_CHARS} />
        <Field label="What it is for" wide name="note" maxlength={MAX_NOTE_CHARS} />
        <Field
          label="Records a second, at most"
          type="number"
          name="quota"
          placeholder={count(DEFAULT_QUOTAS.secret)}
          min={1}
          max={MAX_QUOTA}
        />
        <label class="check">
          <input type="checkbox" name="public" value="yes" />{" "}
          Public, for a browser's code ({DEFAULT_QUOTAS.public} records a second)
        </label>
        <button type="submit" class="primary">Make the key</button>
      </form>
    </section>
  );
}

function Kind({ isPublic }: { isPublic: boolean }) {
  return <span class="state">{isPublic ? "public" : "secret"}</span>;
}
