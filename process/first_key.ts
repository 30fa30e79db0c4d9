/**
 * The first intake key of a service that only this machine can reach: nobody has to make one to see a failure arrive. Its digest
 * is in the store, where it is listed and revoked like any other; its text is in a file beside it, so that each start can say it.
 */
import type { Config } from "../config.ts";
import { keepSecret, readSecret } from "../config/kept_secret.ts";
import type { StoreReads } from "../store/store.ts";

/** Who made it, as the list of keys says. */
const MAKER = "holdfast";
const NOTE = "made at the first start, for any service";

/** What the start says of the keys of other services. */
export interface IntakeState {
  /** Whether any key opens it; undefined while the store does not answer. */
  isOpen: boolean | undefined;
  /** The first key, while it is valid and known. */
  firstKey?: string;
}

export function firstKeyPath(dataDir: string): string {
  return `${dataDir}/intake-key`;
}

/** Makes the first key where there is none at all, and says how things stand. Does nothing where `INTAKE_KEYS` is set. */
export async function openIntake(
  { isLoopback, intakeKeys, dataDir }: Config,
  store: Pick<StoreReads, "addKey" | "listKeys" | "validKeys">,
): Promise<IntakeState> {
  if (intakeKeys.length > 0) return { isOpen: true };
  try {
    const valid = await store.validKeys();
    if (!isLoopback) return { isOpen: valid.length > 0 };
    const path = firstKeyPath(dataDir);
    // Revoked ones are there too: then somebody has decided.
    const isNew = valid.length === 0 && (await store.listKeys()).length === 0;
    const key = isNew ? await make(path, store) : readSecret(path);
    if (isNew) return { isOpen: key !== undefined, ...(key !== undefined && { firstKey: key }) };
    const digest = key && await digestOf(key);
    const isValid = valid.some((known) => known.digest === digest);
    return { isOpen: valid.length > 0, ...(isValid && { firstKey: key! }) };
  } catch {
    return { isOpen: undefined };
  }
}

/** None where it cannot be kept: the next start could not say it, and would find a key that nobody knows. */
async function make(path: string, store: Pick<StoreReads, "addKey">): Promise<string | undefined> {
  const { secret, isKept } = keepSecret(path);
  if (!isKept) return undefined;
  await store.addKey({ key: secret, note: NOTE, by: MAKER });
  return secret;
}

/** Not by `node:crypto`, which takes a start 20 ms. */
async function digestOf(key: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key));
  return new Uint8Array(digest).toHex();
}
