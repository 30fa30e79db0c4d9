import { assertEquals } from "@std/assert";
import type { ErrorDetail, ErrorSummary } from "../../store/store.ts";
import { readEnvelope } from "../helpers/read_envelope.ts";
import { startApp, type TestApp } from "../helpers/start_app.ts";

Deno.test("two errors are merged, by receipt or by their own ids", async () => {
  await using app = await startApp();
  const a = await reportError(app, "ant");
  const b = await reportError(app, "bee");
  const merged = await act(app, `PUT /errors/${a}/merge`, { body: { into: b } });
  assertEquals([merged.type, merged.count], ["bee", 2]);
  assertEquals((await show(app, a)).id, merged.id);
  await refuse(app, `PUT /errors/${a}/merge`, {
    body: { into: merged.id },
    status: 422,
    code: "into.invalid",
  });
  const nowhere = { body: { into: "nobody" }, status: 404, code: "into.not_found" };
  await refuse(app, `PUT /errors/${a}/merge`, nowhere);
  await refuse(app, `PUT /errors/${a}/merge`, { body: {}, status: 400, code: "into.missing" });
});

Deno.test("a variant is split off and answered with 201", async () => {
  await using app = await startApp();
  await reportError(app, "ant", "disk 1 is full");
  const receipt = await reportError(app, "ant", "no route");
  const { id, variants } = await show(app, receipt);
  assertEquals(variants.map(({ message }) => message).sort(), ["disk <n> is full", "no route"]);
  const made = await act(app, `POST /errors/${id}/split`, {
    body: { variant: "no route" },
    status: 201,
  });
  assertEquals([made.message, made.count, made.last_error_id], ["no route", 1, receipt]);
  await refuse(app, `POST /errors/${id}/split`, {
    body: { variant: "no route" },
    status: 422,
    code: "variant.invalid",
  });
});

Deno.test("a removed error is gone; a note is in the history", async () => {
  await using app = await startApp();
  const receipt = await reportError(app, "ant");
  await act(app, `POST /errors/${receipt}/notes`, { body: { note: "seen twice" }, status: 201 });
  assertEquals((await show(app, receipt)).history[0]!.note, "seen twice");
  const empty = { body: { note: "" }, status: 422, code: "note.invalid" };
  await refuse(app, `POST /errors/${receipt}/notes`, empty);
  await act(app, `DELETE /errors/${receipt}`);
  const gone = { status: 404, code: "id.not_found" };
  for (const call of [`GET /errors/${receipt}`, `DELETE /errors/${receipt}`]) {
    await refuse(app, call, gone);
  }
  await refuse(app, `GET /occurrences/${receipt}`, gone);
});

Deno.test("a mute for so many more says what it takes", async () => {
  await using app = await startApp();
  const receipt = await reportError(app, "ant");
  for (const more of [0, -1, 1.5, 2_000_000_000]) {
    const wrong = { body: { more }, status: 422, code: "more.invalid" };
    await refuse(app, `PUT /errors/${receipt}/mute`, wrong);
  }
  const wrong = { body: { more: "many" }, status: 400, code: "more.wrong_type" };
  await refuse(app, `PUT /errors/${receipt}/mute`, wrong);
  await act(app, `PUT /errors/${receipt}/mute`, { body: { more: 2 } });
  await reportError(app, "ant");
  assertEquals((await show(app, receipt)).muted_more, 1);
  await reportError(app, "ant");
  assertEquals((await show(app, receipt)).state, "open");
});

Deno.test("a slip in the release that fixes an error is no release that never comes", async () => {
  await using app = await startApp();
  const receipt = await reportError(app, "ant");
  for (const release of [" next ", "Next", "NEXT"]) {
    const fixed = await act(app, `PUT /errors/${receipt}/resolution`, { body: { release } });
    assertEquals([fixed.resolved_in, fixed.resolved_next], [null, true], release);
  }
  const spaced = { body: { release: "\tbuild-7\n" } };
  const fixed = await act(app, `PUT /errors/${receipt}/resolution`, spaced);
  assertEquals([fixed.resolved_in, fixed.resolved_next], ["build-7", false]);
  const blank = { body: { release: "  " }, status: 422, code: "release.invalid" };
  await refuse(app, `PUT /errors/${receipt}/resolution`, blank);
});

Deno.test("many are resolved or muted at once, and back; ids that are not there are left out", async () => {
  await using app = await startApp();
  const ids: string[] = [];
  for (const name of ["ant", "bee", "cat"]) {
    ids.push((await show(app, await reportError(app, name))).id);
  }
  const { errors } = await act(app, "PUT /errors/resolution", {
    body: { ids: [ids[0], "nobody", ids[1]], release: "2.0" },
  }) as unknown as { errors: ErrorSummary[] };
  assertEquals(errors.map(({ id, resolved_in }) => [id, resolved_in]), [
    [ids[0], "2.0"],
    [ids[1], "2.0"],
  ]);
  await act(app, "PUT /errors/mute", { body: { ids: ids.slice(1) } });
  assertEquals(await act(app, "GET /errors/counts"), { open: 0, resolved: 1, muted: 2 } as never);
  const many = `ids=${ids.join(",")},nobody`;
  await act(app, `DELETE /errors/mute?${many}&note=louder`);
  assertEquals(await act(app, "GET /errors/counts"), { open: 2, resolved: 1, muted: 0 } as never);
  assertEquals((await show(app, ids[2]!)).history[0]!.note, "louder");
  await act(app, `DELETE /errors/resolution?${many}`);
  assertEquals(await act(app, "GET /errors/counts"), { open: 3, resolved: 0, muted: 0 } as never);
  await refuse(app, "DELETE /errors/mute", { status: 400, code: "ids.missing" });
  await refuse(app, "PUT /errors/mute", { body: {}, status: 400, code: "ids.missing" });
  for (const wrong of [[], Array(101).fill("x")]) {
    const refusal = { body: { ids: wrong }, status: 422, code: "ids.invalid" };
    await refuse(app, "PUT /errors/resolution", refusal);
  }
});

async function reportError(app: TestApp, type: string, message = "x"): Promise<string> {
  const error = { type, message };
  const report = { svc_name: "shop", error, attrs: { fingerprint: type } };
  const { content } = await readEnvelope(await app.report("/errors", report), { status: 202 });
  await app.logging.flush({ deadlineMs: 30_000 });
  return (content as { ids: string[] }).ids[0]!;
}

async function show(app: TestApp, id: string): Promise<ErrorDetail> {
  return await act(app, `GET /errors/${id}`) as ErrorDetail;
}

async function act(
  app: TestApp,
  call: string,
  { body, status = 200 }: { body?: unknown; status?: number } = {},
): Promise<ErrorSummary> {
  return (await readEnvelope(await ask(app, call, body), { status })).content as ErrorSummary;
}

async function refuse(
  app: TestApp,
  call: string,
  { body, ...expected }: { body?: unknown; status: number; code: string },
): Promise<void> {
  await readEnvelope(await ask(app, call, body), expected);
}

async function ask(app: TestApp, call: string, body: unknown): Promise<Response> {
  const [method, path] = call.split(" ") as [string, string];
  const headers = { "content-type": "application/json" };
  const sent = body === undefined ? {} : { headers, body: JSON.stringify(body) };
  return await app.asOperator(path, { method, ...sent });
}
