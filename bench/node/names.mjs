/**
 * What the Node servers mask: far fewer names than the product, so that their redaction is not what makes them slow.
 *
 * @module
 */

/** Names of fields. */
export const REDACTED_NAMES = [
  "password",
  "token",
  "secret",
  "authorization",
  "cookie",
  "api_key",
];

/** Stands for what was taken out. */
export const MASK = "[redacted]";
