const END_OF_HEAD = "\r\n\r\n";
const END_OF_CHUNKS = "0\r\n\r\n";
const READ_BYTES = 16 * 1024;

/** What came back, read as HTTP/1.1. */
export interface RawAnswer {
  /** HTTP status; 0 when the connection was closed without an answer. */
  status: number;
  /** All header lines. */
  headers: Headers;
  /** The body as text; chunked ones are joined. */
  body: string;
}

/** A TCP connection that carries what no HTTP client would send. */
export interface RawConnection extends Disposable {
  /** Sends bytes, and reads one answer, or to the end of the connection where it is not whole. */
  ask(bytes: string | Uint8Array, options?: RawOptions): Promise<RawAnswer>;
}

/** How bytes are sent. */
export interface RawOptions {
  /** True: the sending side is closed after the bytes, as by a client that has gone. */
  hangUp?: boolean;
}

/** Sends bytes on a connection of their own, and reads the answer. */
export async function rawRequest(
  bytes: string | Uint8Array,
  { url, ...options }: RawOptions & { url: string },
): Promise<RawAnswer> {
  using connection = await openConnection(url);
  return await connection.ask(bytes, options);
}

/** Connects to `http://host:port`. */
export async function openConnection(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  return {
    async ask(bytes, { hangUp = false } = {}) {
      const answer = readAnswer(connection);
      try {
        await writeAll(connection, typeof bytes === "string" ? latin1(bytes) : bytes);
        if (hangUp) await connection.closeWrite();
      } catch {
        // The server may close before it has read all: what it has answered counts.
      }
      return await answer;
    },
    [Symbol.dispose]: () => connection.close(),
  };
}

/** One character, one byte: so a test can write any byte. */
export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

async function readAnswer(connection: Deno.Conn): Promise<RawAnswer> {
  // Latin-1 keeps bytes and characters alike until all of the body is there.
  let text = "";
  const chunk = new Uint8Array(READ_BYTES);
  for (;;) {
    const count = await connection.read(chunk).catch(() => null);
    if (count === null) return parse(text).answer;
    text += String.fromCharCode(...chunk.subarray(0, count));
    const { answer, isWhole } = parse(text);
    if (isWhole) return answer;
  }
}

function parse(text: string): { answer: RawAnswer; isWhole: boolean } {
  const end = text.indexOf(END_OF_HEAD);
  const headers = new Headers();
  if (end < 0) return { answer: { status: 0, headers, body: "" }, isWhole: false };
  const [start = "", ...lines] = text.slice(0, end).split("\r\n");
  for (const line of lines) {
    const colon = line.indexOf(":");
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const rest = text.slice(end + END_OF_HEAD.length);
  const isChunked = headers.get("transfer-encoding") === "chunked";
  const length = headers.get("content-length");
  const isWhole = isChunked ? rest.endsWith(END_OF_CHUNKS) : rest.length === Number(length ?? NaN);
  const bytes = latin1(isChunked ? unchunk(rest) : rest);
  const body = new TextDecoder().decode(bytes);
  return { answer: { status: Number(start.split(" ")[1]), headers, body }, isWhole };
}

function unchunk(text: string): string {
  let body = "";
  for (let rest = text;;) {
    const end = rest.indexOf("\r\n");
    const size = parseInt(rest.slice(0, end), 16);
    if (!(size > 0)) return body;
    body += rest.slice(end + 2, end + 2 + size);
    rest = rest.slice(end + 2 + size + 2);
  }
}
