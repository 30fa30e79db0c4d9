/** Reports that were refused since the start: which service's, with which key, and why. */
import { OTHERS } from "../store/limits.ts";
import { MAX_NAMES_A_KEY } from "../store/service_names.ts";

/** Sums, at most: keys times reasons times services. Strangers choose the services. */
const MAX_SUMS = 1_000;

export interface RefusedReport {
  /** The key's id. */
  readonly key: string;
  readonly service: string;
  /** The failure's code: `intake.quota`, `body.too_large`. */
  readonly reason: string;
}

export class RefusedReports {
  readonly #sums = new Map<string, RefusedReport & { count: number }>();
  readonly #services = new Set<string>();

  count(report: RefusedReport): void {
    const service = this.#nameOf(report.service);
    const place = JSON.stringify([report.key, service, report.reason]);
    const sum = this.#sums.get(place);
    if (sum) sum.count++;
    else if (this.#sums.size < MAX_SUMS) this.#sums.set(place, { ...report, service, count: 1 });
  }

  get all(): readonly (RefusedReport & { readonly count: number })[] {
    return [...this.#sums.values()];
  }

  /** Those of one reason by service: a hundred by name, the others as one. */
  byService(wanted: string): ReadonlyMap<string, number> {
    const sums = new Map<string, number>();
    for (const { service, reason, count } of this.#sums.values()) {
      if (reason === wanted) sums.set(service, (sums.get(service) ?? 0) + count);
    }
    return sums;
  }

  #nameOf(service: string): string {
    if (this.#services.has(service)) return service;
    if (this.#services.size >= MAX_NAMES_A_KEY) return OTHERS;
    this.#services.add(service);
    return service;
  }
}
