import {
  type AddressRange,
  isInAny,
  LOOPBACK_RANGES,
  parseAddress,
  parseRange,
} from "../store/address_range.ts";
import { hostIn, isHost } from "./host.ts";

/** Loopback, link-local and private networks (RFC 6890): where a proxy of one's own stands. */
const NEARBY = [
  ...LOOPBACK_RANGES,
  ...["10.0.0.0/8", "192.168.0.0/16", "172.16.0.0/12", "169.254.0.0/16"],
  ...["fc00::/7", "fe80::/10"],
].map(parseRange);
const HEADERS = ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"];
/** Proxies one behind the other, at most. */
const MAX_HOPS = 32;

export interface ProxiesOptions {
  /** Addresses and ranges of proxies whose headers are believed. Default: those on this machine. */
  trusted?: readonly string[];
  /** The address people use. */
  publicUrl?: string;
  /** Called once, for a private address that sends such headers and is not among them. */
  onUntrusted?: (address: string) => void;
}

/** What `Deno.serve` knows of the connection; absent in tests without a port. */
export type ConnectionInfo = Partial<Deno.ServeHandlerInfo> | undefined;

/** Reads `X-Forwarded-For`, `-Proto` and `-Host`, and believes only those of trusted proxies. */
export class Proxies {
  readonly #trusted: readonly AddressRange[];
  readonly #public: URL | undefined;
  readonly #onUntrusted: (address: string) => void;
  #hasWarned = false;

  /** @throws {TypeError} for what is neither an address nor a range. */
  constructor(
    { trusted = LOOPBACK_RANGES, publicUrl, onUntrusted = () => {} }: ProxiesOptions = {},
  ) {
    this.#trusted = trusted.map(parseRange);
    this.#public = publicUrl === undefined ? undefined : new URL(publicUrl);
    this.#onUntrusted = onUntrusted;
  }

  /** The caller's network address: of several in `X-Forwarded-For` the last one that is no trusted proxy. */
  addressOf(request: Request, info: ConnectionInfo): string {
    const peer = peerOf(info);
    if (!this.#believes(request, peer)) return peer;
    let address = peer;
    let rest = request.headers.get("x-forwarded-for") ?? "";
    for (let hops = 0; hops < MAX_HOPS && rest !== ""; hops++) {
      const comma = rest.lastIndexOf(",");
      const before = withoutPort(rest.slice(comma + 1).trim());
      if (parseAddress(before) === undefined) return address;
      address = before;
      if (!this.#isTrusted(address)) return address;
      rest = comma < 0 ? "" : rest.slice(0, comma);
    }
    return address;
  }

  /** Scheme and host as the caller wrote them: `https://errors.example`. */
  originOf(request: Request, info: ConnectionInfo): string {
    const { url, headers } = request;
    const isBelieved = this.#believes(request, peerOf(info));
    const forwarded = isBelieved ? firstOf(headers.get("x-forwarded-host")) : "";
    const host = isHost(forwarded) ? forwarded : hostIn(url);
    if (this.isPublic(host)) return this.#public!.origin;
    const isSecure = url.startsWith("https:") ||
      (isBelieved && firstOf(headers.get("x-forwarded-proto")).toLowerCase() === "https");
    return `${isSecure ? "https" : "http"}://${host}`;
  }

  /** Whether a host is the one of `PUBLIC_URL`. */
  isPublic(host: string): boolean {
    if (this.#public === undefined || !isHost(host)) return false;
    return new URL(`${this.#public.protocol}//${host}`).host === this.#public.host;
  }

  #believes(request: Request, peer: string): boolean {
    // Without a network there is a process of this machine at the other end.
    if (this.#isTrusted(peer === "local" ? "127.0.0.1" : peer)) return true;
    if (
      !this.#hasWarned && isInAny(peer, NEARBY) && HEADERS.some((name) => request.headers.has(name))
    ) {
      this.#hasWarned = true;
      this.#onUntrusted(peer);
    }
    return false;
  }

  #isTrusted(address: string): boolean {
    return isInAny(address, this.#trusted);
  }
}

function peerOf(info: ConnectionInfo): string {
  const peer = info?.remoteAddr;
  return peer !== undefined && "hostname" in peer ? peer.hostname : "local";
}

/** What the outermost proxy wrote stands first. */
function firstOf(list: string | null): string {
  return (list ?? "").split(",", 1)[0]!.trim();
}

/** Some proxies write the port as well: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function withoutPort(text: string): string {
  return /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
}
