/** @jsxImportSource hono/jsx */
/** What a board shows that knows of no failure and of no other service: one screen that connects one. */
import { ANY_SERVICE, dsnOf } from "../../store/intake_key.ts";
import type { Looking } from "../access/gate.tsx";
import type { Desk } from "../desk.ts";
import { CopyText, type Html, PageHead } from "../parts/parts.tsx";
import { otherService } from "./arrived.ts";
import { connectPath, FirstEvent } from "./connect_page.tsx";
import { apiBase, knownKeys } from "./known_keys.ts";
import { PLATFORMS } from "./snippets.ts";

/** Null where there is something to show: an error in any state, or another service that has sent something. */
export async function readFirstVisit(desk: Desk, looking: Looking): Promise<Html | null> {
  const { store, options } = desk;
  const states = await store.stateCounts({});
  if (Object.values(states).some((errors) => errors > 0)) return null;
  if (await otherService(desk) !== undefined) return null;
  const keys = await knownKeys(desk, looking.person);
  const base = apiBase(desk, looking.origin);
  return (
    <FirstVisit
      base={base}
      secret={keys.find(({ isPublic, service }) => !isPublic && service === null)?.key}
      sinceMs={looking.clock.nowMs}
      canFail={options.canFail?.() ?? false}
    />
  );
}

function FirstVisit(
  { base, secret, sinceMs, canFail }: {
    /** Of the API. */
    base: string;
    /** A key of any service that can be shown. */
    secret: string | undefined;
    sinceMs: number;
    /** Whether this service fails on demand. */
    canFail: boolean;
  },
): Html {
  return (
    <>
      <PageHead
        title="Connect a service"
        says="Nothing has failed yet, and no other service reports. One string connects one."
      />
      {secret === undefined ? <NoKey /> : <Choices base={base} secret={secret} />}
      <FirstEvent
        awaited={{ service: "", sinceMs }}
        arrived={null}
        again="/board"
      >
        Waiting for the first report
      </FirstEvent>
      {canFail && (
        <p class="soft">
          Or let this service fail: <a href={`${base}/fail?how=throw`}>/fail?how=throw</a>{" "}
          throws, in development alone. The <a href="/board/logs">logs</a> show every request.
        </p>
      )}
    </>
  );
}

function Choices({ base, secret: key }: { base: string; secret: string }) {
  const dsn = dsnOf({ base, key });
  const told = { base, key, dsn, service: ANY_SERVICE };
  return (
    <div class="choices">
      <section>
        <h2>A client of Sentry's</h2>
        <CopyText label={`DSN: write your service's name in place of ${ANY_SERVICE}`} text={dsn} />
        <p class="soft">
          {PLATFORMS.filter(({ takes }) => takes === "any").map(({ id, title }) => (
            <>
              <a href={connectPath({ platform: id })}>{title}</a>
              {" · "}
            </>
          ))}
          <a href={connectPath({ platform: "browser" })}>Browser</a>, with a key of its own
        </p>
      </section>
      {PLATFORMS.filter(({ takes }) => takes === "secret").map(({ id, title, string }) => (
        <section>
          <h2>
            <a href={connectPath({ platform: id })}>{title}</a>
          </h2>
          <CopyText label={string.label} text={string.text(told)} />
        </section>
      ))}
    </div>
  );
}

function NoKey() {
  return (
    <p>
      A service reports with a key. <a href="/board/connect">Choose a platform</a>{" "}
      and make one there, or see the <a href="/board/keys">keys</a>.
    </p>
  );
}
