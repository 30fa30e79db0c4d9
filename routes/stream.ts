/** A stream on its way to a client: it may end, break, or be left. */

/** What a client's connection is ended with when a stream breaks half-way. It is recorded already. */
export class BrokenStream extends Error {
  constructor(cause: unknown) {
    super("the stream broke half-way", { cause });
  }
}

/** What is read, as bytes. One of the three functions is called, once. A stream that breaks ends the connection. */
export function passOn(
  reader: ReadableStreamDefaultReader,
  on: { end: () => void; left: () => void; broken: (thrown: unknown) => void },
): ReadableStream<Uint8Array> {
  // What is read when the client has gone ends nowhere, and is no failure.
  let isLeft = false;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (isLeft) return;
        if (!done) return controller.enqueue(toBytes(value));
        on.end();
        controller.close();
      } catch (thrown) {
        if (isLeft) return;
        on.broken(thrown);
        controller.error(new BrokenStream(thrown));
      }
    },
    cancel(reason) {
      isLeft = true;
      on.left();
      return reader.cancel(reason);
    },
  });
}

/** A part of a stream. @throws {TypeError} when it is neither text nor bytes: to be recorded, not to end the process. */
function toBytes(part: unknown): Uint8Array {
  if (typeof part === "string") return new TextEncoder().encode(part);
  if (part instanceof Uint8Array) return part;
  throw new TypeError(`a stream must be of text or bytes, got ${typeof part}`);
}
