import { assert, assertEquals } from "@std/assert";
import { Mount } from "../../board/mount.ts";

const HTML = { headers: { "content-type": "text/html; charset=utf-8" } };

Deno.test("at /board without a prefix nothing is read or copied", async () => {
  for (const publicUrl of [undefined, "https://x.example", "https://x.example/"]) {
    const mount = new Mount({ at: "/board", ...(publicUrl && { publicUrl }) });
    const request = new Request("http://localhost/board/logs");
    const response = new Response('<a href="/board">', HTML);
    assert(mount.inward(request) === request);
    assert(await mount.outward(response) === response);
    assert(!response.bodyUsed);
  }
});

Deno.test("only whole addresses of the board are translated, and only where they lead", async () => {
  const mount = new Mount({ at: "/a&b", publicUrl: "https://x.example/p" });
  const own =
    '<a href="/board"><form action="/board/act"><ol data-stream="/board/logs/stream?a=1">';
  const not = [
    '<a href="/boardroom">',
    '<input value="/board/errors">',
    "text href=&quot;/board/x&quot;",
    "href='/board'",
    "/board",
  ].join("");
  const answer = await mount.outward(new Response(own + not, HTML));
  const begin = "/p/a&amp;b";
  assertEquals(
    await answer.text(),
    `<a href="${begin}"><form action="${begin}/act"><ol data-stream="${begin}/logs/stream?a=1">${not}`,
  );
});

Deno.test("no path makes the board's addresses those of another host", () => {
  for (const at of ["//evil.example/board", "///evil.example/board"]) {
    assertEquals(new Mount({ at }).shown("/board/logs"), "/evil.example/board/logs");
  }
  const root = new Mount({ at: "/" });
  assertEquals(
    ["/board", "/board?q=a", "/board/logs", "/boards", "https://x.example/board"].map((own) =>
      root.shown(own)
    ),
    ["/", "/?q=a", "/logs", "/boards", "https://x.example/board"],
  );
});

Deno.test("what is no page is passed on as it is: a live stream does not wait for its end", async () => {
  const mount = new Mount({ at: "/admin" });
  const headers = { "content-type": "text/event-stream" };
  const stream = new Response(new ReadableStream({ start: () => {} }), { headers });
  assert(await mount.outward(stream) === stream);
  await stream.body!.cancel();
});
