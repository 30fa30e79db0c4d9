import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fetchPrograms } from "../helpers/postgres_programs.ts";
import { startPostgres } from "../helpers/postgres_server.ts";
import { jsonBody, OPERATOR_TOKEN, ROOT } from "../helpers/start_app.ts";
import { startReceiver } from "../helpers/start_receiver.ts";
import {
  environmentWithoutOurs,
  Running,
  type Service,
  serviceOf,
} from "../helpers/start_service.ts";
import { until } from "../helpers/until.ts";

const BOARD = "https://errors.example";

/** Where the steps are written down, for whoever wants to read them. */
const TRANSCRIPT = Deno.env.get("STORY_FILE");

const missing = fetchPrograms();

Deno.test({
  name:
    `a failure is fixed in a release, proved, comes back in another one, and is quiet after a rollback${
      missing ? ` (skipped, because ${missing})` : ""
    }`,
  ignore: missing !== undefined,
  async fn() {
    await using server = await startPostgres();
    await using receiver = startReceiver();
    const storeUrl = await server.newDatabase();
    const start = (release: string) => startRelease(release, { storeUrl, alertUrl: receiver.url });
    const told = () => receiver.messages.map(({ text }) => String(text).split(":")[0]);

    // Release 1 fails.
    await using one = await start("1");
    const errorId = await fail(one);
    const opened = await stepOf(one, errorId, "release 1 fails");
    assertEquals(opened.history, ["opened in release 1"]);
    assertEquals(opened.receipt, { state: "open", resolved_in: null, proof: null });
    await until(() => receiver.messages.length === 1, { what: () => `one alert: ${told()}` });

    // Resolved in release 2, which has not been seen.
    await one.asOperator(`/holdfast/errors/${errorId}/resolution`, {
      ...jsonBody({ release: "2", note: "carts are optional" }),
      method: "PUT",
    });
    const resolved = await stepOf(one, errorId, "resolved in release 2");
    assertEquals(resolved.history[0], "resolved in release 2: carts are optional");
    assertEquals(resolved.receipt, { state: "resolved", resolved_in: "2", proof: null });

    // The two run side by side: what the old one does alarms nobody.
    await using two = await start("2");
    const stragglerId = await fail(one);
    const straggler = await stepOf(two, stragglerId, "a straggler of release 1 fails");
    assertEquals(straggler.count, 2);
    assertEquals(straggler.history.length, 2);
    assertEquals(straggler.receipt.state, "resolved");

    // Release 2 answers well a hundred times.
    for (let i = 0; i < 100; i++) await pass(two, i);
    await until(
      async () => (await stepOf(one, errorId)).history[0]?.startsWith("proved"),
      { what: "the fix is proved" },
    );
    const proved = await stepOf(one, errorId, "release 2 answers 100 times");
    assertEquals(
      proved.history[0],
      "proved 100 good answers in release 2, none that failed with it",
    );
    const { since, ...proof } = proved.receipt.proof!;
    assertEquals([proved.receipt.state, proved.receipt.resolved_in, proof], ["resolved", "2", {
      requests: 100,
      failures: 0,
    }]);
    assertMatch(since, /Z$/);
    await until(() => receiver.messages.length === 2, { what: () => `two alerts: ${told()}` });

    // Release 3 breaks it again.
    await using three = await start("3");
    await two.insist("SIGTERM");
    const backId = await fail(three);
    const back = await stepOf(three, backId, "release 3 fails");
    assertEquals(back.history[0], "came_back in release 3");
    assertEquals(back.receipt, { state: "open", resolved_in: null, proof: null });
    await until(() => receiver.messages.length === 3, { what: () => `three alerts: ${told()}` });
    const message = receiver.messages.at(-1);
    assertStringIncludes(JSON.stringify(message), `${BOARD}/board/errors/${back.id}`);

    // Rolled back to release 2, and resolved in the one after 3: the old one is old, and quiet.
    await three.insist("SIGTERM");
    await one.asOperator(`/holdfast/errors/${errorId}/resolution`, {
      ...jsonBody({ release: "next" }),
      method: "PUT",
    });
    await using again = await start("2");
    await pass(again, 1);
    await fail(one);
    const rolledBack = await stepOf(again, backId, "rolled back to release 2");
    assertEquals(rolledBack.history, [
      "resolved in the next release",
      "came_back in release 3",
      "proved 100 good answers in release 2, none that failed with it",
      "resolved in release 2: carts are optional",
      "opened in release 1",
    ]);
    assertEquals([rolledBack.count, rolledBack.receipt], [4, {
      state: "resolved",
      resolved_in: null,
      proof: null,
    }]);
    assertEquals(told().length, 3);
    transcript(`alerts: ${receiver.messages.map(({ text }) => text).join("\n        ")}`);
  },
});

/** The app, in a release, on its own port. */
async function startRelease(
  release: string,
  { storeUrl, alertUrl }: { storeUrl: string; alertUrl: string },
): Promise<Service> {
  const running = new Running(
    new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "--no-check",
        "--allow-all",
        `${ROOT}tests/helpers/released_app.ts`,
      ],
      cwd: ROOT,
      clearEnv: true,
      env: {
        ...environmentWithoutOurs(),
        PORT: "0",
        OPERATOR_TOKEN,
        LOG_CONSOLE: "off",
        // Two of one machine do not share a disk where this story plays.
        LOG_SPILL: "off",
        STORE_URL: storeUrl,
        PUBLIC_URL: BOARD,
        ALERT_WEBHOOK_URL: alertUrl,
        HOLDFAST_RELEASE: release,
        BROKEN_RELEASES: "1,3",
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn(),
  );
  return await serviceOf(running, { storeUrl, release() {} });
}

/** Gives the receipt of the failure, as soon as it is stored. */
async function fail(service: Service): Promise<string> {
  const answer = await service.fetch("/orders/7");
  await answer.body?.cancel();
  assertEquals(answer.status, 500);
  const id = answer.headers.get("x-error-id")!;
  await until(() => receiptOf(service, id), { what: `the store holds ${id}` });
  return id;
}

async function pass(service: Service, id: number): Promise<void> {
  const answer = await service.fetch(`/orders/${id}`);
  assertEquals([answer.status, await answer.json()], [200, { id: String(id) }]);
}

interface Receipt {
  state: string;
  resolved_in: string | null;
  proof: { requests: number; failures: number; since: string } | null;
}

async function receiptOf(service: Service, id: string): Promise<Receipt | undefined> {
  const answer = await service.fetch(`/holdfast/?query_content=${id}&user_type=guest`);
  const { content } = await answer.json();
  if (!answer.ok) return undefined;
  const { state, resolved_in, proof } = content;
  return { state, resolved_in, proof };
}

interface Step {
  id: string;
  count: number;
  /** The newest first. */
  history: string[];
  receipt: Receipt;
}

/** What the operator and the holder of the receipt see. */
async function stepOf(service: Service, receipt: string, title?: string): Promise<Step> {
  const { id, count, history } = await service.asOperator(`/holdfast/errors/${receipt}`);
  const step = {
    id,
    count,
    history: history.map(({ action, note }: Record<string, string>) => `${action} ${note}`),
    receipt: (await receiptOf(service, receipt))!,
  };
  if (title !== undefined) transcript(`${title}\n${JSON.stringify(step, null, 2)}`);
  return step;
}

function transcript(text: string): void {
  if (TRANSCRIPT !== undefined) Deno.writeTextFileSync(TRANSCRIPT, `${text}\n\n`, { append: true });
}
