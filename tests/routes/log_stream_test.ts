import { assertEquals } from "@std/assert";
import { startApp, type TestApp } from "../helpers/start_app.ts";

interface Event {
  id: string;
  event: string;
  message: string;
}

Deno.test("GET /logs/stream sends what happens from now on, and needs the operator", async () => {
  await using app = await startApp();
  assertEquals((await app.request("/logs/stream")).status, 401);
  await using stream = await open(app, "?q=declined&svc_name=checkout");
  assertEquals(stream.response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  await log(app, "card declined", "cash taken", "card declined again");
  assertEquals((await stream.take(2)).map(({ message }) => message), [
    "card declined",
    "card declined again",
  ]);
});

Deno.test("a stream that breaks goes on with Last-Event-ID, without gap or repeat", async () => {
  await using app = await startApp();
  let last: string;
  {
    await using stream = await open(app, "?svc_name=checkout");
    await log(app, "1", "2", "3");
    last = (await stream.take(2)).at(-1)!.id;
  }
  await log(app, "4", "5");
  await app.logging.flush({ deadlineMs: 5_000 });
  await app.report("/logs", [{ ...checkout("late"), time: "2026-01-01T00:00:00.000Z" }]);
  await using stream = await open(app, "?svc_name=checkout", last);
  assertEquals((await stream.take(4)).map(({ message }) => message), ["3", "4", "5", "late"]);
});

Deno.test("a stream says when what followed its position is not known any more", async () => {
  await using app = await startApp();
  await using stream = await open(app, "", "123456.7");
  assertEquals((await stream.take(1))[0]!.event, "gap");
});

Deno.test("an unknown level is refused", async () => {
  await using app = await startApp();
  const answer = await app.asOperator("/logs/stream?level=LOUD");
  assertEquals(answer.status, 422);
  assertEquals((await answer.json()).error_code, "level.invalid");
});

Deno.test("no stream keeps a process that stops", async () => {
  await using app = await startApp();
  await using stream = await open(app, "");
  app.stop();
  assertEquals(await stream.take(1), []);
});

async function log(app: TestApp, ...messages: string[]): Promise<void> {
  await (await app.report("/logs", messages.map(checkout))).body?.cancel();
}

function checkout(message: string) {
  return { svc_name: "checkout", message };
}

/** An open stream, read event by event. */
async function open(app: TestApp, query: string, lastEventId?: string) {
  const headers = new Headers(lastEventId === undefined ? [] : [["last-event-id", lastEventId]]);
  const response = await app.asOperator(`/logs/stream${query}`, { headers });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const events: Event[] = [];
  let text = "";
  return {
    response,
    /** That many events that are news, fewer when the stream ends. */
    async take(count: number): Promise<Event[]> {
      while (events.length < count) {
        const { done, value } = await reader.read();
        if (done) break;
        text += value;
        const blocks = text.split("\n\n");
        text = blocks.pop()!;
        events.push(...blocks.map(parse).filter(({ event }) => event === "log" || event === "gap"));
      }
      return events.splice(0, count);
    },
    async [Symbol.asyncDispose]() {
      await reader.cancel();
    },
  };
}

function parse(block: string): Event {
  const fields = Object.fromEntries(
    block.split("\n").map((
      line,
    ) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
  );
  const data = fields.data === undefined ? {} : JSON.parse(fields.data);
  return { id: fields.id ?? "", event: fields.event ?? "", message: data.message ?? "" };
}
