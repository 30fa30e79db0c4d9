import { assertEquals } from "@std/assert";
import { Channel } from "../../workers/channel.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

Deno.test("messages arrive whole and in order, however they are cut on the way, and the end is told", async () => {
  using folder = tempFolder();
  const path = folder.at("socket");
  using listener = Deno.listen({ transport: "unix", path });
  const [here, there] = await Promise.all([
    Deno.connect({ transport: "unix", path }),
    listener.accept(),
  ]);
  const received: unknown[] = [];
  const channel = new Channel<never, unknown>(there, (message) => received.push(message));
  // Longer than what a socket takes at once, with characters of several bytes at its edges.
  const messages = [{ text: "é☃".repeat(200_000) }, { text: "a\nb" }, [], null, 7];
  const sender = new Channel<unknown, never>(here, () => {});
  for (const message of messages) sender.send(message);
  await sender.close();
  await channel.closed;
  assertEquals(received, messages);
  await channel.close();
});

Deno.test("a line that does not end is not read for ever", async () => {
  using folder = tempFolder();
  const path = folder.at("socket");
  using listener = Deno.listen({ transport: "unix", path });
  const [here, there] = await Promise.all([
    Deno.connect({ transport: "unix", path }),
    listener.accept(),
  ]);
  const channel = new Channel<never, unknown>(there, () => {});
  const chunk = new Uint8Array(1024 * 1024).fill("x".charCodeAt(0));
  const writer = here.writable.getWriter();
  let isRead = true;
  channel.closed.then(() => isRead = false);
  let megabytes = 0;
  while (isRead && megabytes < 64) {
    await writer.write(chunk).catch(() => {});
    megabytes++;
  }
  await channel.closed;
  await channel.close();
  await writer.close().catch(() => {});
  assertEquals(megabytes < 64, true);
});
