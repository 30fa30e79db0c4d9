/**
 * Headers of a request that records keep, in lower case. Every other may hold a secret, a session or a person's address: what is
 * not on this list is left out, of our own requests and of those that clients report.
 */
export const KEPT_HEADERS = [
  "accept",
  "accept-encoding",
  "accept-language",
  "cache-control",
  "content-encoding",
  "content-length",
  "content-type",
  "host",
  "origin",
  "referer",
  "sec-ch-ua",
  "sec-ch-ua-mobile",
  "sec-ch-ua-platform",
  "sec-fetch-dest",
  "sec-fetch-mode",
  "sec-fetch-site",
  "user-agent",
  "x-requested-with",
] as const;
