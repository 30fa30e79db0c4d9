/**
 * What a variant that was split off is known by.
 *
 * @module
 */
import { createHash } from "node:crypto";

const KEY_CHARS = 32;

/** The key of a variant: as long as a fingerprint, and made of it and the masked message. */
export function variantKey(key: string, masked: string): string {
  const text = JSON.stringify([key, masked]);
  return createHash("sha256").update(text).digest("hex").slice(0, KEY_CHARS);
}
