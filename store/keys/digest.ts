/** Apart from `intake_key.ts`: to load this costs a start 20 ms, and a service without such requests need not pay it. */
import { createHash } from "node:crypto";

/** Of a digest: enough to tell the keys of one environment apart. */
const ID_CHARS = 16;

/** By which a key is looked up and stored: the time that a look-up takes tells nothing about the key. */
export function digestOfKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

/** The id of a key of the environment: the same on every instance. */
export function idOfConfiguredKey(key: string): string {
  return `env-${digestOfKey(key).slice(0, ID_CHARS)}`;
}
