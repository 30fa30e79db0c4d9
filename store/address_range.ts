/** A network address in bytes: 4 of IPv4, 16 of IPv6. */
export type AddressBytes = readonly number[];

export interface AddressRange {
  readonly start: AddressBytes;
  readonly bits: number;
}

/** This machine: RFC 1122, 3.2.1.3; RFC 4291, 2.5.3. */
export const LOOPBACK_RANGES: readonly string[] = ["127.0.0.0/8", "::1"];

const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const IPV6 = /^[0-9a-f:.]*:[0-9a-f:.]*$/i;
const MAX_ADDRESS_CHARS = 45;
/** IPv4 on a socket of both kinds (RFC 4291, 2.5.5.2). */
const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255];
const MAPPED_BITS = MAPPED.length * 8;

/** The bytes of an address, without a port; undefined for what is none. */
export function parseAddress(text: string): AddressBytes | undefined {
  if (text.length > MAX_ADDRESS_CHARS) return undefined;
  if (IPV4.test(text)) {
    const bytes = text.split(".").map(Number);
    return bytes.every((byte) => byte <= 255) ? bytes : undefined;
  }
  if (!IPV6.test(text) || !URL.canParse(`http://[${text}]/`)) return undefined;
  const bytes = bytesOf(new URL(`http://[${text}]/`).hostname.slice(1, -1));
  return MAPPED.every((byte, index) => byte === bytes[index]) ? bytes.slice(MAPPED.length) : bytes;
}

/** A range such as `10.0.0.0/8` (RFC 4632, RFC 4291); an address alone is a range of one. @throws {TypeError} for what is neither. */
export function parseRange(text: string): AddressRange {
  const [address = "", bits, ...rest] = text.split("/");
  const start = parseAddress(address);
  const isNew = address.includes(":");
  const isWithin = bits === undefined ||
    (/^\d{1,3}$/.test(bits) && Number(bits) <= (isNew ? 128 : 32));
  if (start === undefined || !isWithin || rest.length > 0) {
    throw new TypeError(`${text} is no address and no range`);
  }
  if (bits === undefined) return { start, bits: start.length * 8 };
  const isMapped = isNew && start.length === 4;
  return { start, bits: isMapped ? Math.max(Number(bits) - MAPPED_BITS, 0) : Number(bits) };
}

export function isInAny(address: string, ranges: readonly AddressRange[]): boolean {
  const bytes = parseAddress(address);
  return bytes !== undefined && ranges.some((range) => isInRange(bytes, range));
}

/** Whether only this machine is there: an address, or a name (RFC 6761, 6.3). */
export function isLoopback(host: string): boolean {
  return host.toLowerCase() === "localhost" || isInAny(host, LOOPBACK_RANGES.map(parseRange));
}

export function isInRange(address: AddressBytes, { start, bits }: AddressRange): boolean {
  if (address.length !== start.length) return false;
  return address.every((byte, index) => {
    const mask = 256 - 2 ** Math.min(Math.max(8 - (bits - index * 8), 0), 8);
    return (byte & mask) === (start[index]! & mask);
  });
}

/** From the form that `URL` gives every address: groups of hexadecimal digits, and at most one `::`. */
function bytesOf(address: string): number[] {
  const [head = "", tail] = address.split("::").map((part) =>
    part === "" ? [] : part.split(":").map((group) => parseInt(group, 16))
  ) as [number[], number[] | undefined];
  const zeros = new Array(tail === undefined ? 0 : 8 - head.length - tail.length).fill(0);
  return [...head, ...zeros, ...tail ?? []].flatMap((group) => [group >> 8, group & 255]);
}
