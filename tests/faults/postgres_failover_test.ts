import { startWorld, survive } from "../helpers/outage.ts";
import { fetchPrograms } from "../helpers/postgres_programs.ts";
import { type PostgresServer, startPostgres } from "../helpers/postgres_server.ts";
import { until } from "../helpers/until.ts";

const missing = fetchPrograms();

interface Pair {
  primary: PostgresServer;
  standby: PostgresServer;
}

/**
 * What a primary has acknowledged and its standby has not is lost by PostgreSQL itself in a fail-over; so here it
 * acknowledges only what both have.
 */
function test(what: string, run: (pair: Pair) => Promise<void>): void {
  const sentence = `${what}: requests are answered, every record is stored once`;
  if (missing !== undefined) {
    return Deno.test.ignore(`${sentence} (skipped, because ${missing})`, () => {});
  }
  Deno.test(sentence, async () => {
    await using primary = await startPostgres();
    await using standby = await startPostgres({ primary });
    await set(primary, "synchronous_standby_names = '*'");
    const replication = "select 1 from pg_stat_replication where sync_state = 'sync'";
    await until(async () => (await primary.run(replication)).length > 0, {
      what: "the standby is asked before a commit is acknowledged",
    });
    await run({ primary, standby });
  });
}

test("the primary is killed, its address moves to the standby, and that is promoted later", async ({ primary, standby }) => {
  await using world = await startWorld(primary);
  await survive(world, {
    async begin({ relay }) {
      await primary.kill();
      relay.target = standby.port;
    },
    says: "it is read-only, as a standby is",
    async end() {
      world.server = standby;
      await standby.run("select pg_promote()");
    },
  });
});

test("the primary becomes read-only and its address moves, while old connections still lead to it", async ({ primary, standby }) => {
  await using world = await startWorld(primary);
  await survive(world, {
    begin: () => set(primary, "default_transaction_read_only = on"),
    says: "it is read-only, as a standby is",
    async end({ relay }) {
      world.server = standby;
      await standby.run("select pg_promote()");
      relay.target = standby.port;
    },
  });
});

async function set(server: PostgresServer, setting: string): Promise<void> {
  await server.run(`alter system set ${setting}`);
  await server.run("select pg_reload_conf()");
}
