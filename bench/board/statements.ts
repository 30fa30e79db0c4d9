/**
 * Which SQL the store runs, and how the engines go about it. Recorded where the drivers take it, so that no statement can be
 * forgotten.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import pg from "pg";

/** A statement and what came of asking how it is done. */
export interface Plan {
  /** On one line. */
  readonly sql: string;
  /** The steps, as the engine writes them. */
  readonly steps: readonly string[];
}

/** Statements by their text, each with the values it last had. */
export type Statements = ReadonlyMap<string, readonly unknown[]>;

/** Work with rows, and no settings or transactions. */
const WORKS_WITH_ROWS = /^\s*(?:select|with|insert|update|delete)\b/i;

/** Records what any SQLite or PostgreSQL connection of this thread is given until it is disposed. */
export function recordStatements(): { readonly statements: Statements } & Disposable {
  const statements = new Map<string, readonly unknown[]>();
  const { prepare } = DatabaseSync.prototype;
  const { query } = pg.Client.prototype;
  DatabaseSync.prototype.prepare = function (sql, ...rest) {
    if (WORKS_WITH_ROWS.test(sql)) statements.set(sql, []);
    return prepare.call(this, sql, ...rest);
  };
  pg.Client.prototype.query = function (...args: [{ text?: string; values?: unknown[] }]) {
    const { text = "", values = [] } = args[0];
    if (WORKS_WITH_ROWS.test(text)) statements.set(text, values);
    return query.apply(this, args);
  };
  return {
    statements,
    [Symbol.dispose]() {
      DatabaseSync.prototype.prepare = prepare;
      pg.Client.prototype.query = query;
    },
  };
}

/** How SQLite does them: https://www.sqlite.org/eqp.html */
export function sqlitePlans(path: string, statements: Statements): Plan[] {
  using db = new DatabaseSync(path, { readOnly: true });
  return [...statements.keys()].map((sql) => ({
    sql: onOneLine(sql),
    steps: db.prepare(`explain query plan ${sql}`).all().map(({ detail }) => String(detail)),
  }));
}

/** How PostgreSQL does them. `settings` are run before: `set enable_seqscan = off`. */
export async function postgresPlans(
  url: string,
  { statements, settings = "" }: { statements: Statements; settings?: string },
): Promise<Plan[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    if (settings !== "") await client.query(settings);
    const plans: Plan[] = [];
    for (const [sql, values] of statements) {
      const { rows } = await client.query(`explain ${sql}`, values);
      plans.push({
        sql: onOneLine(sql),
        steps: rows.map((row: Record<string, string>) => row["QUERY PLAN"]!.trim()),
      });
    }
    return plans;
  } finally {
    await client.end();
  }
}

/** Steps of SQLite that walk through a table that grows, or through a whole index where that may be long. */
export function sqliteScans({ steps }: Plan): string[] {
  return steps.filter((step) => step.startsWith("SCAN") && !isBounded(step));
}

/** Steps of PostgreSQL that walk through a table that grows. */
export function postgresScans({ steps }: Plan): string[] {
  return steps.filter((step) =>
    /Seq Scan on (?:log_data|log_filters|log_seen|occurrences|errors|error_keys|variants|hours|history|facets|waiting_notes)\b/
      .test(step)
  );
}

/** The log's tail, of some thousand records at most; its blocks, a row for about a thousand records, which health adds up. */
const OF_THE_LOG = /^SCAN (?:log_tail|log_state|log_blocks|listed|arrived|held)\b/;
/**
 * Names of some thousand series and releases at most (../../store/traffic/series.ts, releases.ts); what is added up of each
 * series; and counts that wait, of which a statement reads the first few hundred (fold.ts).
 */
const OF_TRAFFIC = /^SCAN (?:releases|traffic_series|traffic_waiting|counts)\b/;

/**
 * A list of values, the one row of a counter, a page that was found already, the facets of one error; an index of words, which is looked up; and
 * counting the errors, in an index that holds all they are filtered by: 100,000 entries are some milliseconds.
 */
function isBounded(step: string): boolean {
  return /^SCAN (?:json_each|wanted|value|page|found|ranked|upwards|open_errors|CONSTANT ROW|pragma_\w+|sqlite_master|sqlite_schema|\(subquery-\d+\))/
    .test(step) ||
    OF_THE_LOG.test(step) ||
    OF_TRAFFIC.test(step) ||
    // As many as ALERT_URLS has addresses.
    /^SCAN receivers\b/.test(step) ||
    /^SCAN \w+_words VIRTUAL TABLE INDEX \d+:.*[=M]/.test(step) ||
    /^SCAN errors USING COVERING INDEX/.test(step);
}

function onOneLine(sql: string): string {
  return sql.replace(/--.*$/gm, "").replace(/\s+/g, " ").trim();
}
