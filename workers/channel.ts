/**
 * Messages between two processes: lines of JSON over one connection, in order, each way.
 *
 * @module
 */

/** Many times the longest message, the numbers of a worker. Who sends a longer line is cut off. */
const MAX_LINE_CHARS = 16 * 1024 * 1024;

const encoder = new TextEncoder();

/** One end of the connection. */
export class Channel<Sent, Received> {
  /** Settles when the other end has gone. */
  readonly closed: Promise<void>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;

  /** Hands each message that arrives to `onMessage`. */
  constructor(
    connection: Deno.Conn,
    onMessage: (message: Received, channel: Channel<Sent, Received>) => void,
  ) {
    this.#writer = connection.writable.getWriter();
    // An end that has gone is told by `closed`.
    this.#writer.closed.catch(() => {});
    this.closed = this.#read(connection.readable, onMessage).catch(() => {});
  }

  /** Sends a message; lost where the other end has gone. */
  send(message: Sent): void {
    this.#writer.write(encoder.encode(JSON.stringify(message) + "\n")).catch(() => {});
  }

  /** Ends the connection when everything is sent. */
  async close(): Promise<void> {
    await this.#writer.close().catch(() => {});
  }

  async #read(
    bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
    onMessage: (message: Received, channel: Channel<Sent, Received>) => void,
  ): Promise<void> {
    let rest = "";
    for await (const text of bytes.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      if (rest.length > MAX_LINE_CHARS) return;
      for (const line of lines) onMessage(JSON.parse(line), this);
    }
  }
}
