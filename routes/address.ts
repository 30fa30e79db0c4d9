/**
 * The network address of a caller.
 *
 * @module
 */

/** Loopback, link-local and private networks (RFC 6890): where a proxy of one's own stands. */
const NEARBY =
  /^(?:::ffff:)?(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.)|^(?:::1$|f[cd]|fe80:)/i;
const ADDRESS = /^(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-f:.]*:[0-9a-f:.]*)$/i;
const MAX_ADDRESS_CHARS = 45;

/**
 * The address of who is connected. Where that is a neighbour, so probably a proxy: the last address in `X-Forwarded-For`,
 * the only one there that the proxy itself has seen.
 *
 * @param info What `Deno.serve` knows of the connection; absent in tests without a port.
 */
export function addressOf(
  request: Request,
  info: Partial<Deno.ServeHandlerInfo> | undefined,
): string {
  const peer = info?.remoteAddr;
  const address = peer !== undefined && "hostname" in peer ? peer.hostname : "local";
  if (address !== "local" && !NEARBY.test(address)) return address;
  const last = request.headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() ?? "";
  return last.length <= MAX_ADDRESS_CHARS && ADDRESS.test(last) ? last : address;
}
