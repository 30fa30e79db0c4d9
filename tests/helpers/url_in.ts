/** Reads on until the service says where it serves; the rest of the output is thrown away. */
export async function urlIn(output: ReadableStream<Uint8Array>): Promise<string> {
  const [head, rest] = output.tee();
  rest.pipeTo(new WritableStream());
  let text = "";
  for await (const chunk of head.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const url = /serves at (http:[^\s]+)\/ /.exec(text)?.[1];
    if (url) return url;
  }
  throw new Error(`The service ended: ${text}`);
}
