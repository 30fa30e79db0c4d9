import { Failure } from "../modules/failure.ts";
import { quoted } from "../modules/issues.ts";

/** A name or an address, and perhaps a port (RFC 3986, 3.2.2 and 3.2.3), as far as one can be connected to. */
const HOST = /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])(?::[0-9]{0,5})?$/i;
/** RFC 1035, 2.3.4, and a port. */
const MAX_HOST_CHARS = 255 + ":65535".length;

/** Whether a text can stand as the host of an address. */
export function isHost(text: string): boolean {
  return text.length <= MAX_HOST_CHARS && HOST.test(text) && URL.canParse(`http://${text}/`);
}

/** The part of an address between its scheme and its path. */
export function hostIn(url: string): string {
  const from = url.indexOf("://") + "://".length;
  const to = url.indexOf("/", from);
  return to < 0 ? url.slice(from) : url.slice(from, to);
}

/**
 * Makes the check that every request must pass before its address is looked at; it throws `bad_host`. The server puts the address together from the
 * request line and the `Host` header as they came: `Host: x/metrics?` would choose the path.
 */
export function createHostCheck(): (request: Request) => void {
  let knownHost: string | undefined;
  let knownStart = "";

  return function checkHost({ url, headers }: Request): void {
    const header = headers.get("host");
    if (header === knownHost && url.startsWith(knownStart)) return;
    // The address of a Unix socket has a path in place of a host.
    const isTcp = url.startsWith("http://") || url.startsWith("https://");
    const host = isTcp ? hostIn(url) : header;
    if (isTcp && !isHost(host!)) throw badHost(header ?? host!);
    // A request line that names a host itself goes before the header (RFC 9112, 3.2.2), which must be one all the same.
    if (header !== null && header !== host && !isHost(header)) throw badHost(header);
    const start = url.slice(0, url.indexOf("://") + "://".length) + `${header}/`;
    if (!isTcp || header === null || !url.startsWith(start)) return;
    knownHost = header;
    knownStart = start;
  };
}

function badHost(host: string): Failure {
  return new Failure("bad_host", `Host must be a host name or an address, got ${quoted(host)}`);
}
