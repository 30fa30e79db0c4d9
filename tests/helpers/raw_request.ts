const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** How bytes are sent. */
export interface RawOptions {
  /** Where to: `http://127.0.0.1:40123`. */
  url: string;
  /** True: the sending side is closed after the bytes, as by a client that has gone. */
  hangUp?: boolean;
}

/** What came back, read as HTTP/1.1. */
export interface RawAnswer {
  /** HTTP status; 0 when the connection was closed without an answer. */
  status: number;
  /** All header lines. */
  headers: Headers;
  /** The body as text; chunked ones are joined. */
  body: string;
}

/** Sends bytes that no HTTP client would send, and reads what comes until the server closes. */
export async function rawRequest(
  bytes: string | Uint8Array,
  { url, hangUp = false }: RawOptions,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  try {
    await writeAll(connection, typeof bytes === "string" ? latin1(bytes) : bytes);
    if (hangUp) await connection.closeWrite();
  } catch {
    // The server may close before it has read all: what it has answered counts.
  }
  return parse(await readAll(connection));
}

/** One character, one byte: so a test can write any byte. */
export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

async function readAll(connection: Deno.Conn): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const chunk = new Uint8Array(16 * 1024);
      const count = await connection.read(chunk);
      if (count === null || size > MAX_ANSWER_BYTES) break;
      chunks.push(chunk.subarray(0, count));
      size += count;
    }
  } catch {
    // Reset: what came before it is the answer.
  }
  return new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
}

function parse(bytes: Uint8Array): RawAnswer {
  const text = new TextDecoder().decode(bytes);
  const end = text.indexOf("\r\n\r\n");
  const [start = "", ...lines] = text.slice(0, Math.max(end, 0)).split("\r\n");
  const headers = new Headers();
  for (const line of lines) {
    const colon = line.indexOf(":");
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const rest = text.slice(end + 4);
  const isChunked = headers.get("transfer-encoding") === "chunked";
  return {
    status: Number(start.split(" ")[1] ?? 0),
    headers,
    body: isChunked ? unchunk(rest) : rest,
  };
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
