/** @jsxImportSource hono/jsx */
import type { KeySummary } from "../../logging/mod.ts";
import { DEFAULT_QUOTAS, dsnOf, hasDsn } from "../../store/intake_key.ts";
import { MAX_NAME_CHARS, MAX_NOTE_CHARS, MAX_QUOTA } from "../../store/limits.ts";
import { address } from "../addresses.ts";
import { CopyText, Empty, Field, Fold, type Html, Moment, Panel } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";
import { isNearQuota } from "./quota_watch.ts";
import { type Clock, count } from "../parts/times.ts";

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
  /** Address of the API, without a slash at its end. */
  base: string;
  /** False for a guest who may only look. */
  mayChange: boolean;
  clock: Clock;
}

export function KeysPage({ keys, made, isRevoked, base, mayChange, clock }: KeysProps): Html {
  const valid = keys.filter(({ revoked_at }) => revoked_at === null);
  const revoked = keys.filter(({ revoked_at }) => revoked_at !== null);
  return (
    <>
      <h1 class="unseen">Keys</h1>
      {made && <Made {...made} />}
      {isRevoked && <p class="flash" role="status">The key is revoked.</p>}
      <div class="stack">
        <Panel
          title="Keys of other services"
          hint="what they brought today (UTC), on all instances"
        >
          {valid.length === 0
            ? (
              <Empty title="No keys">
                <p>Make a key below, or set INTAKE_KEYS. Until then nothing is taken.</p>
              </Empty>
            )
            : <List keys={valid} base={base} mayChange={mayChange} clock={clock} />}
        </Panel>
        {mayChange && <NewKeyForm />}
        {revoked.length > 0 && (
          <section class="panel">
            <Fold title={`Revoked keys (${count(revoked.length)})`}>
              <ul class="keys past">
                {revoked.map((key) => <Revoked key_={key} clock={clock} />)}
              </ul>
            </Fold>
          </section>
        )}
      </div>
    </>
  );
}

/** A secret key is on this page alone: the script takes its form off the history, so that reloading makes no other. */
function Made({ summary, key, dsn }: MadeKey) {
  return (
    <section class="panel made" role="status" data-once>
      <h2>{summary.is_public ? "The key was made" : "Copy the key now: it is not shown again"}</h2>
      <div class="inner">
        <CopyText label="DSN, for Sentry's clients" text={dsn} />
        <CopyText label="Key, as bearer token" text={key} />
        <p>
          {summary.is_public
            ? "A public key may stand in a browser's code. It opens the event routes of Sentry alone."
            : "Only a digest of it is stored."}{" "}
          <a
            href={address("/board/connect", { service: summary.service ?? undefined })}
          >
            How to connect an app
          </a>
        </p>
      </div>
    </section>
  );
}

function List({ keys, ...props }: Omit<KeysProps, "made" | "isRevoked">) {
  return (
    <ul class="keys">
      {keys.map((key) => <Row key_={key} {...props} />)}
    </ul>
  );
}

function Row(
  { key_: key, base, mayChange, clock }:
    & Pick<KeysProps, "base" | "mayChange" | "clock">
    & { key_: KeySummary },
) {
  const isNear = isNearQuota(key);
  return (
    <li>
      <div class="what">
        <p class="name">
          <b>
            <bdi>{nameOf(key)}</bdi>
          </b>{" "}
          <Kind isPublic={key.is_public} />
          {isNear && <span class="state back">near its quota</span>}
        </p>
        <p class="where">
          <code>{key.beginning}…</code>
          {key.note !== "" && <bdi>{plainLine(key.note, 200)}</bdi>}
          <span>
            {key.created_at === null ? `from ${key.created_by}` : (
              <>
                by <bdi>{plainLine(key.created_by, 60)}</bdi>{" "}
                <Moment time={key.created_at} clock={clock} />
              </>
            )}
          </span>
        </p>
        {key.key !== null && <Whole {...key} key_={key.key} base={base} />}
      </div>
      <dl>
        <div>
          <dt>taken</dt>
          <dd>{count(key.taken_today)}</dd>
        </div>
        <div>
          <dt>refused</dt>
          <dd class={key.refused_today > 0 ? "bad" : undefined}>{count(key.refused_today)}</dd>
        </div>
        <div>
          <dt>most in a second</dt>
          <dd class={isNear ? "warn" : undefined}>
            {count(key.peak_today)} <span class="soft">of {count(key.quota)}</span>
          </dd>
        </div>
        <div>
          <dt>last used</dt>
          <dd>
            {key.last_used_at === null
              ? <span class="soft">never</span>
              : <Moment time={key.last_used_at} clock={clock} />}
          </dd>
        </div>
      </dl>
      {mayChange && key.created_at !== null && <RevokeForm {...key} />}
    </li>
  );
}

/** A public key, as it is put to use. */
function Whole({ service, key_: key, base }: Pick<KeySummary, "service"> & WholeKey) {
  if (!hasDsn({ key })) return <code class="whole">{key}</code>;
  return <CopyText label="DSN" text={dsnOf({ base, key, service })} />;
}

interface WholeKey {
  key_: string;
  base: string;
}

/** Folded, and sent only with a tick: nothing makes a key valid again. */
function RevokeForm(key: KeySummary) {
  return (
    <details class="revoke">
      <summary>
        Revoke<span class="unseen">the key {key.beginning}… of {nameOf(key)}</span>
      </summary>
      <form method="post" action="/board/keys/revoke">
        <input type="hidden" name="id" value={key.id} />
        <label class="check">
          <input type="checkbox" name="sure" value="yes" required />{" "}
          Whoever reports with it is refused from now on
        </label>
        <button type="submit" class="bad">Revoke the key</button>
      </form>
    </details>
  );
}

function Revoked({ key_: key, clock }: { key_: KeySummary; clock: Clock }) {
  return (
    <li class="where">
      <b>
        <bdi>{nameOf(key)}</bdi>
      </b>
      <code>{key.beginning}…</code>
      <Kind isPublic={key.is_public} />
      <span>
        revoked by <bdi>{plainLine(key.revoked_by ?? "", 60)}</bdi>{" "}
        <Moment time={key.revoked_at!} clock={clock} />
      </span>
      <span>
        made by <bdi>{plainLine(key.created_by, 60)}</bdi>
      </span>
    </li>
  );
}

function NewKeyForm() {
  return (
    <Panel title="New key">
      <form class="buttons inner" method="post" action="/board/keys">
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
    </Panel>
  );
}

function Kind({ isPublic }: { isPublic: boolean }) {
  return <span class="state">{isPublic ? "public" : "secret"}</span>;
}

/** The service that a key reports for. */
export function nameOf({ service }: Pick<KeySummary, "service">): string {
  return service === null ? "any service" : plainLine(service, 80);
}
