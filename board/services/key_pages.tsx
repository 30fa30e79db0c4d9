/** @jsxImportSource hono/jsx */
import type { KeySummary, Logging, StoreReads } from "../../logging/mod.ts";
import { ValueError } from "../../modules/failure.ts";
import { COUNTED_DAYS, makeKey, newKey } from "../../modules/keys.ts";
import { valid } from "../../modules/verbs.ts";
import { dsnOf } from "../../store/intake_key.ts";
import { address, filledIn, occurrencePath } from "../addresses.ts";
import {
  type Arrived,
  chosen,
  ConnectPage,
  type ConnectView,
  type KnownKey,
  knownKey,
  readConnectView,
} from "./connect_page.tsx";
import type { Looking, Person } from "../access/gate.tsx";
import { KeysPage, type MadeKey } from "./keys_page.tsx";
import type { Sheet } from "../desk.ts";
import { goTo } from "../layout.tsx";
import { plainLine } from "../parts/plain.ts";

/** A client's clock may be a little behind ours. */
const CLOCK_SLACK_MS = 5_000;
const MAX_SHOWN_CHARS = 160;

/** What the pages ask about keys. */
export type KeyDesk = Pick<
  StoreReads,
  "listKeys" | "validKeys" | "addKey" | "revokeKey" | "intakeCounts"
>;

export interface KeyPagesOptions {
  keys: KeyDesk;
  store: Logging["store"];
  /** The first key, while it is valid. */
  firstKey: () => Promise<string | undefined>;
  /** Path of the API, without a slash at its end. */
  apiPath: () => string;
  publicUrl: string | undefined;
  show: (sheet: Sheet, looking: Looking) => Promise<Response>;
}

/** The pages about keys of other services, and what their forms do. The caller records what is thrown. */
export class KeyPages {
  readonly #options: KeyPagesOptions;

  constructor(options: KeyPagesOptions) {
    this.#options = options;
  }

  keys(looking: Looking, parameters: URLSearchParams): Promise<Response> {
    return this.#showKeys(looking, { isRevoked: parameters.get("done") === "revoked" });
  }

  /** Answers with the page itself: a secret key must be in no address. */
  async make(form: URLSearchParams, looking: Looking): Promise<Response> {
    const { service, note, quota } = filledIn(form, ["service", "note", "quota"]);
    const made = await this.#make({
      service,
      note,
      is_public: form.get("public") === "yes",
      quota: quota === undefined ? undefined : Number(quota),
    }, looking);
    return await this.#showKeys(looking, { made });
  }

  async revoke(form: URLSearchParams, { person }: Looking): Promise<Response> {
    if (form.get("sure") !== "yes") {
      throw new ValueError("nothing was revoked: tick the box to confirm", { param: "sure" });
    }
    const by = person.name;
    const revoked = await this.#options.keys.revokeKey(form.get("id") ?? "", { by });
    return goTo(address("/board/keys", { done: revoked ? "revoked" : undefined }));
  }

  async connect(parameters: URLSearchParams, looking: Looking): Promise<Response> {
    return await this.#showConnect(readConnectView(parameters, looking.clock.nowMs), looking);
  }

  /** Makes a key for the service that the page shows; it is in the program that the answer shows. */
  async connectNew(form: URLSearchParams, looking: Looking): Promise<Response> {
    const view = readConnectView(form, looking.clock.nowMs);
    const { key, summary } = await this.#make({
      service: view.service || undefined,
      is_public: view.platform.takes === "public",
      note: `made on the page Connect for ${view.platform.title}`,
    }, looking);
    const { id, service, is_public: isPublic } = summary;
    return await this.#showConnect(view, looking, { id, key, service, isPublic });
  }

  /** For the script: what came since the page was opened. */
  async arrived(parameters: URLSearchParams, { clock }: Looking): Promise<Response> {
    const { service, sinceMs } = readConnectView(parameters, clock.nowMs);
    const arrived = await this.#arrived(service, sinceMs);
    // The script knows where the board stands.
    const path = arrived?.path.slice("/board".length);
    return Response.json(arrived ? { text: arrived.text, path } : {}, {
      headers: { "cache-control": "no-store" },
    });
  }

  async #showKeys(
    looking: Looking,
    done: { made?: MadeKey; isRevoked?: boolean },
  ): Promise<Response> {
    const { keys, show } = this.#options;
    const { origin, person, clock } = looking;
    const props = {
      keys: await keys.listKeys(),
      base: this.#baseOf(origin),
      mayChange: person.mayWrite,
      clock,
    };
    return await show(
      { title: "Keys", section: "keys", content: <KeysPage {...props} {...done} /> },
      looking,
    );
  }

  async #showConnect(view: ConnectView, looking: Looking, made?: KnownKey): Promise<Response> {
    const { keys: desk, show } = this.#options;
    const { origin, person } = looking;
    const keys = await this.#knownKeys(person);
    const { service } = chosen({ view, keys, made });
    const content = (
      <ConnectPage
        view={view}
        keys={keys}
        made={made}
        arrived={await this.#arrived(service, view.sinceMs)}
        counts={await desk.intakeCounts({ days: COUNTED_DAYS })}
        base={this.#baseOf(origin)}
        mayChange={person.mayWrite}
      />
    );
    return await show({ title: "Connect", section: "connect", content }, looking);
  }

  /** Those whose text is known. Who may only look gets no secret one. */
  async #knownKeys({ mayWrite }: Person): Promise<KnownKey[]> {
    const { keys, firstKey } = this.#options;
    const first = mayWrite ? await firstKey() : undefined;
    const known = (await keys.listKeys()).filter(isValid).map(knownKey);
    return [
      ...(first === undefined ? [] : [{ id: "first", key: first, service: null, isPublic: false }]),
      ...known.filter((key) => key !== undefined),
    ];
  }

  async #arrived(service: string, sinceMs: number): Promise<Arrived | null> {
    const { store } = this.#options;
    const query = { svc_name: service, since: sinceMs - CLOCK_SLACK_MS, limit: 1 };
    const [record] = (await store.listLogs(query)).items;
    if (record === undefined) return null;
    const occurrence = record.error_id === undefined
      ? null
      : await store.occurrence(record.error_id);
    const what = record.error
      ? `${record.error.type}: ${record.error.message}`
      : `${record.level}: ${record.message}`;
    return {
      text: `Arrived: ${plainLine(what, MAX_SHOWN_CHARS)}`,
      path: occurrence
        ? occurrencePath(occurrence.error, occurrence.error_id)
        : address("/board/logs", { q: `svc_name:${JSON.stringify(service)}` }),
    };
  }

  async #make(said: unknown, { origin, person }: Looking): Promise<MadeKey> {
    const { key, summary } = await makeKey(this.#options.keys, {
      ...valid(newKey, said),
      by: person.name,
    });
    const base = this.#baseOf(origin);
    return { key, summary, dsn: dsnOf({ base, key, service: summary.service }) };
  }

  #baseOf(origin: string): string {
    const { publicUrl, apiPath } = this.#options;
    return (publicUrl ?? origin) + apiPath();
  }
}

function isValid({ revoked_at }: KeySummary): boolean {
  return revoked_at === null;
}
