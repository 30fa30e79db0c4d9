/** One server-sent event. */
export interface ServerEvent {
  /** The position after it. */
  id: string;
  /** The record. */
  // deno-lint-ignore no-explicit-any -- tests reach into records of many shapes
  data: any;
}

/** The events of a stream that carry data, one by one; `break` ends the stream. */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<ServerEvent> {
  let rest = "";
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n\n");
    rest = parts.pop()!;
    for (const part of parts) {
      const lines = part.split("\n");
      const id = lines.find((line) => line.startsWith("id: "))?.slice("id: ".length);
      const data = lines.find((line) => line.startsWith("data: "))?.slice("data: ".length);
      if (id !== undefined && data !== undefined) yield { id, data: JSON.parse(data) };
    }
  }
}

/** Reads until so many events have come, then ends the stream. */
export async function takeEvents(response: Response, count: number): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  if (count === 0) return events;
  for await (const event of readEvents(response.body!)) {
    events.push(event);
    if (events.length === count) break;
  }
  return events;
}
