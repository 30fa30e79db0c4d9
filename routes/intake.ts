/** Who may report, for which service, and how much. */
import { Attempts } from "../board/attempts.ts";
import { Failure, Forbidden } from "../modules/failure.ts";
import type { IntakeKey } from "../store/intake_key.ts";
import { API_LIMITS, type Caller, type Lock, requireToken } from "./auth.ts";
import { Quotas } from "./quota.ts";
import { ServiceNames } from "./service_names.ts";

export class Intake {
  readonly quotas: Quotas;
  readonly #keys: ReadonlyMap<string, IntakeKey>;
  readonly #lock: Lock;
  readonly #names = new ServiceNames();

  constructor(keys: readonly IntakeKey[], options: { recordsPerSecond?: number } = {}) {
    this.quotas = new Quotas(options);
    this.#keys = new Map(keys.map((key) => [key.key, key]));
    this.#lock = {
      tokens: [...this.#keys.keys()],
      what: "intake",
      variable: "INTAKE_KEYS",
      // Apart from the operator's, who may work on the machine that a mistaken service runs on.
      attempts: new Attempts({ limits: API_LIMITS }),
      delaysRightTokens: false,
    };
  }

  /** The key of a request to a JSON route. @throws {Failure} as {@linkcode requireToken}, or `Forbidden` for a public key. */
  async open(caller: Caller): Promise<IntakeKey> {
    const key = this.#keys.get(await requireToken(caller, this.#lock))!;
    if (!key.isPublic) return key;
    const sentence = "intake: a public key does not open this route";
    throw new Forbidden(sentence, { code: "auth.public_key" });
  }

  /**
   * Takes a record of each of the services from the key's quota, all or none; gives the names they are kept by.
   *
   * @throws {Failure} `too_many`.
   */
  take({ key, service: own }: IntakeKey, services: readonly string[]): string[] {
    const seconds = this.quotas.take(key, services);
    if (seconds === 0) {
      return services.map((name) => name === own ? name : this.#names.nameOf(name, key));
    }
    throw new Failure(
      "too_many",
      `intake: more records a second than the key's quota, try again in ${seconds} s`,
      { code: "intake.quota", headers: { "retry-after": String(seconds) } },
    );
  }
}
