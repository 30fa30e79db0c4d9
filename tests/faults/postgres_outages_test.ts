import pg from "pg";
import type { Load } from "../helpers/load.ts";
import { endConnections, type Outage, startWorld, survive, type World } from "../helpers/outage.ts";
import { fetchPrograms } from "../helpers/postgres_programs.ts";
import { PASSWORD, startPostgres } from "../helpers/postgres_server.ts";
import { until } from "../helpers/until.ts";

const KILLS = 10;
const ANSWERS_BETWEEN_KILLS = 10;
/** There and back: twice this. */
const SLOW_BY_MS = 150;
const NARROW_BYTES_PER_SECOND = 600_000;

const missing = fetchPrograms();
const server = missing === undefined ? await startPostgres() : undefined;
if (server) Deno.test.afterAll(async () => await server[Symbol.asyncDispose]());

function test(what: string, outage: Outage): void {
  const sentence = `${what}: requests are answered, every record is stored once`;
  if (server === undefined) {
    return Deno.test.ignore(`${sentence} (skipped, because ${missing})`, () => {});
  }
  Deno.test(sentence, async () => {
    await using world = await startWorld(server);
    await survive(world, outage);
  });
}

test("the database is stopped and started again", {
  begin: ({ server }) => server.stop(),
  says: "cannot be used just now",
  end: ({ server }) => server.start(),
});

test("the database is killed and started again", {
  begin: ({ server }) => server.kill(),
  says: "cannot be used just now",
  end: ({ server }) => server.start(),
});

test("the database stands still for a while", {
  begin: ({ server }) => server.freeze(true),
  says: "it does not answer",
  end: ({ server }) => server.freeze(false),
});

test("the database's connections are killed again and again", {
  async begin(world, load) {
    for (let kill = 0; kill < KILLS; kill++) {
      await endConnections(world);
      await answersMore(load, ANSWERS_BETWEEN_KILLS);
    }
  },
});

test("the network swallows everything for a while", {
  begin: ({ relay }) => relay.hold(true),
  says: "it does not answer",
  end: ({ relay }) => relay.hold(false),
});

test("each way to the database and back takes 300 ms", {
  begin: ({ relay }) => relay.delayMs = SLOW_BY_MS,
  end: ({ relay }) => relay.delayMs = 0,
});

test("what goes to the database trickles", {
  begin: ({ relay }) => relay.bytesPerSecond = NARROW_BYTES_PER_SECOND,
  end: ({ relay }) => relay.bytesPerSecond = Infinity,
});

test("the service's user loses a right and gets it back", {
  begin: ({ run, role }) => run(`revoke insert on holdfast.log_tail from ${role}`),
  says: "this user lacks a right that it needs",
  end: ({ run, role }) => run(`grant insert on holdfast.log_tail to ${role}`),
});

test("the service's password is changed and changed back", {
  async begin(world) {
    await world.run(`alter role ${world.role} password 'another'`);
    await endConnections(world);
  },
  says: "it refuses this user or password",
  end: ({ run, role }) => run(`alter role ${role} password '${PASSWORD}'`),
});

test("the service's user may have no connection for a while", {
  async begin(world) {
    await world.run(`alter role ${world.role} connection limit 0`);
    await endConnections(world);
  },
  says: "it takes no more connections",
  end: ({ run, role }) => run(`alter role ${role} connection limit -1`),
});

{
  const others: pg.Client[] = [];
  test("others take all of the server's connections", {
    begin: (world) =>
      until(() => takeAllConnections(world, others), { what: "the others have them all" }),
    says: "it takes no more connections",
    end: () => Promise.all(others.map((client) => client.end())),
  });
}

async function answersMore(load: Load, more: number): Promise<void> {
  const wanted = load.answers.length + more;
  let isOver = false;
  void load.ended.then(() => isOver = true);
  await until(() => isOver || load.answers.length >= wanted, { what: "answers go on" });
}

/** All but the superuser's own reserve. False while the service was quicker and has some of them. */
async function takeAllConnections(world: World, others: pg.Client[]): Promise<boolean> {
  await endConnections(world);
  while (await takeConnection(world, others));
  const [row] = await world.run(
    `select count(*)::integer as count from pg_stat_activity
     where usename = '${world.role}' and application_name = 'holdfast'`,
  );
  return row!.count === 0;
}

async function takeConnection({ server, role }: World, others: pg.Client[]): Promise<boolean> {
  const url = new URL(server.address("postgres"));
  url.username = role;
  const client = new pg.Client({ connectionString: url.href });
  client.on("error", () => {});
  try {
    await client.connect();
  } catch (error) {
    if ((error as { code?: string }).code === "53300") return false;
    throw error;
  }
  others.push(client);
  return true;
}
