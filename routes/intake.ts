/** Who may report, for which service, and how much. */
import { Attempts } from "../board/access/attempts.ts";
import type { IntakeCount, Logging } from "../logging/mod.ts";
import { Failure, Forbidden } from "../modules/failure.ts";
import type { ValidKey } from "../store/intake_key.ts";
import { API_LIMITS, type Caller, readBearer } from "./auth.ts";
import { rename } from "./context.ts";
import type { KeyRing } from "./key_ring.ts";
import { AddressQuotas, Quotas } from "./quota.ts";
import { type RefusedReport, RefusedReports } from "./refused_reports.ts";
import { ServiceNames } from "../store/service_names.ts";

/** Of a public key, by address. */
const ADDRESS_QUOTA = 10;
/** The code of what is beyond a quota. */
export const QUOTA = "intake.quota";
/** Who sends reports in our own form, as it is counted: no name of a client is asked for. */
const OUR_FORM = "JSON";
/** The category of what became a log record, an error or not. */
export const RECORD = "record";
/** What a client sent that nobody has looked into, as it is counted. */
export const UNREAD = "unread";
const WRONG_KEY = "auth.invalid";
const CHALLENGE = { headers: { "www-authenticate": 'Bearer realm="holdfast"' } };

/** Where it is counted what was taken and refused. */
type Counter = Pick<Logging["intakeCounts"], "addUse" | "addCount">;

/** What asks for room for its reports. */
export interface Asking {
  key: ValidKey;
  address: string;
  /** A service for each record. */
  services: readonly string[];
}

/** What a delivery had in it. */
export interface Brought {
  key: ValidKey;
  address: string;
  /** For which a record was taken. */
  service: string;
  /** By service. */
  records: Readonly<Record<string, number>>;
}

export class Intake {
  readonly refused = new RefusedReports();
  readonly quotas: Quotas;
  readonly keys: KeyRing;
  readonly #byAddress = new AddressQuotas(ADDRESS_QUOTA);
  readonly #names = new ServiceNames();
  readonly #counts: Counter;
  // Apart from the operator's, who may work on the machine that a mistaken service runs on.
  readonly #attempts = new Attempts({ limits: API_LIMITS });

  constructor({ keys, counts }: { keys: KeyRing; counts: Counter }) {
    this.quotas = new Quotas();
    this.keys = keys;
    this.#counts = counts;
  }

  /**
   * The key of a request to a JSON route or to one of OpenTelemetry's.
   *
   * @throws {Failure} `token_missing`, `token_invalid`, `too_many` as {@linkcode check}, or `Forbidden` for a public key.
   */
  async open({ request, address }: Caller): Promise<ValidKey> {
    if (!await this.keys.isOpen().catch(rename)) {
      const sentence = "intake is closed: there is no key. Set INTAKE_KEYS, or make one";
      throw new Failure("token_missing", sentence, CHALLENGE);
    }
    const token = readBearer(request);
    if (token === undefined) {
      throw new Failure("token_missing", "intake needs a bearer token", CHALLENGE);
    }
    const key = await this.check(token, { address });
    if (key === undefined) {
      throw new Failure("token_invalid", "intake: the key is wrong or revoked", CHALLENGE);
    }
    if (!key.isPublic) return key;
    const sentence = "intake: a public key does not open this route";
    throw new Forbidden(sentence, { code: "auth.public_key" });
  }

  /**
   * The valid key of this text; undefined for a wrong one, which is counted by address. Too many wrong ones never silence right
   * ones: one mistaken service must not do that to others at its address.
   *
   * @throws {Failure} `too_many` for a wrong one after too many of them.
   */
  async check(
    text: string,
    { address, client }: { address: string; client?: string | undefined },
  ): Promise<ValidKey | undefined> {
    const key = await this.keys.find(text).catch(rename);
    if (key !== undefined) return key;
    // Of no service: strangers would make up names.
    const what = { outcome: "refused", category: UNREAD, reason: WRONG_KEY, quantity: 1 } as const;
    this.#counts.addCount({ service: "", client: client ?? "", ...what });
    const wait = this.#attempts.secondsToWait(address);
    this.#attempts.countFailure(address);
    if (wait === 0) return undefined;
    throw new Failure("too_many", `intake: too many wrong tokens, try again in ${wait} s`, {
      headers: { "retry-after": String(wait) },
    });
  }

  /** Takes a record of each service from the quotas, all or none. Gives the seconds to wait; 0 when they are taken. */
  secondsToWait({ key, address, services }: Asking): number {
    const ofAddress = key.isPublic ? this.#byAddress.secondsToWait(key.id, address) : 0;
    const seconds = ofAddress || this.quotas.take(key, services);
    if (seconds === 0) {
      if (key.isPublic) this.#byAddress.take(key.id, { address, records: services.length });
      return 0;
    }
    return seconds;
  }

  /** Counts a report that was not taken, and why. */
  countRefused(report: RefusedReport): void {
    this.refused.count(report);
    this.#counts.addUse(report.key, { refused: 1 });
  }

  /** What a delivery had in it beside the record that was taken for it is owed. */
  settle({ key, address, service, records }: Brought): void {
    const counts = new Map(Object.entries(records));
    const taken = counts.values().reduce((sum, count) => sum + count, 0);
    this.#counts.addUse(key.id, { taken });
    if (taken <= 1) return;
    const paid = counts.has(service) ? service : [...counts.keys()][0]!;
    counts.set(paid, counts.get(paid)! - 1);
    this.quotas.owe(key, counts);
    if (key.isPublic) this.#byAddress.take(key.id, { address, records: taken - 1 });
  }

  /**
   * Takes a record of each service named from the key's quota, for the JSON routes. Gives the names that they are kept by.
   *
   * @throws {Failure} `too_many`.
   */
  take(key: ValidKey, services: readonly string[]): string[] {
    const seconds = this.secondsToWait({ key, address: "", services });
    if (seconds === 0) {
      this.#counts.addUse(key.id, { taken: services.length });
      const names = services.map((name) =>
        name === key.service ? name : this.#names.nameOf(name, key.id)
      );
      for (const service of names) this.#count(service, { outcome: "taken", reason: "" });
      return names;
    }
    for (const service of services) {
      this.countRefused({ key: key.id, service, reason: QUOTA });
      this.#count(service, { outcome: "refused", reason: QUOTA });
    }
    throw new Failure(
      "too_many",
      `intake: more records a second than the key's quota, try again in ${seconds} s`,
      { code: QUOTA, headers: { "retry-after": String(seconds) } },
    );
  }

  #count(service: string, became: Pick<IntakeCount, "outcome" | "reason">): void {
    this.#counts.addCount({
      service,
      client: OUR_FORM,
      category: RECORD,
      quantity: 1,
      ...became,
    });
  }
}
