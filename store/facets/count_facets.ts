/**
 * Counts the facets of new occurrences, in the transaction that stores them. What a batch brings to an error is added up before, so that
 * each facet is looked up and written once.
 */
import type { Session, Statement } from "../drivers/database.ts";
import type { ErrorRow } from "../errors/rows.ts";
import type { Failure, Tally } from "../errors/tally.ts";
import {
  bytesOfFacet,
  type Facet,
  facetsOf,
  MAX_TAGS,
  MAX_USERS,
  mostValues,
  REST,
  TAG,
} from "./facets_of.ts";

/** Environments that an error lists; all are counted. */
export const MAX_LISTED = 20;

export interface FacetCount extends Facet {
  error: number;
  count: number;
}

/** What a batch does to the facets of one error. */
export interface FacetChange {
  counts: FacetCount[];
  /** Columns of the error. */
  row: Pick<ErrorRow, "users" | "environments">;
  newBytes: number;
}

/** What some failures bring to an error, each facet once. */
export function addUp(error: number, failures: readonly Failure[]): FacetCount[] {
  const counts = new Map<string, FacetCount>();
  for (const { entry } of failures) {
    for (const { name, value } of facetsOf(entry.record)) {
      const key = `${name}\0${value}`;
      const counted = counts.get(key);
      if (counted === undefined) counts.set(key, { error, name, value, count: 1 });
      else counted.count++;
    }
  }
  return [...counts.values()];
}

/** Which of the facets are counted already: their places in the list. Values: the list as JSON. */
const FIND_FACETS = `
  select given.place from json_to_recordset($1)
    as given (place bigint, error bigint, name text, value text)
  where exists (
    select 1 from holdfast.facets where facets.error = given.error
      and facets.name = given.name and facets.value = given.value
  )`;

/** How many values names have, and errors tags, where the name is new. Values: errors and names as JSON. */
const COUNT_HELD = `
  select error, name, held, case when held > 0 then 0 else (
    select count(distinct facets.name) from holdfast.facets
    where facets.error = counted.error and facets.name like '${TAG}%'
  ) end as tags
  from (
    select given.error, given.name, (
      select count(*) from holdfast.facets
      where facets.error = given.error and facets.name = given.name and value <> '${REST}'
    ) as held
    from json_to_recordset($1) as given (error bigint, name text)
  ) as counted`;

interface Held {
  error: number;
  name: string;
  held: number;
  tags: number;
}

/** Finds which facets are known; gives places in the list. No statement where there are none. */
export function findFacets(counts: readonly FacetCount[]): Statement[] {
  if (counts.length === 0) return [];
  const places = counts.map(({ error, name, value }, place) => ({ place, error, name, value }));
  return [{ sql: FIND_FACETS, values: [JSON.stringify(places)] }];
}

/** What to count, and what becomes of the errors' columns. Asks how many are held where an error that is known gets a new value. */
export class FacetChanges {
  readonly #known: ReadonlySet<FacetCount>;
  /** Room that is left, by error and name; by error for names of tags. */
  readonly #room = new Map<string, number>();
  /** Tags that have a value, by error and name. */
  readonly #named = new Set<string>();

  private constructor(known: ReadonlySet<FacetCount>) {
    this.#known = known;
  }

  /** `rows` are the answer to {@linkcode findFacets}. */
  static async load(
    session: Session,
    counts: readonly FacetCount[],
    { rows, isNew }: { rows: readonly { place: number }[]; isNew: (error: number) => boolean },
  ): Promise<FacetChanges> {
    const known = new Set(rows.map(({ place }) => counts[place]!));
    const changes = new FacetChanges(known);
    const asked = new Map<string, { error: number; name: string }>();
    for (const count of counts) {
      const { error, name } = count;
      if (known.has(count) || name === "user" || isNew(error)) continue;
      asked.set(`${error} ${name}`, { error, name });
    }
    if (asked.size === 0) return changes;
    const held = await session.all<Held>(COUNT_HELD, [JSON.stringify([...asked.values()])]);
    for (const { error, name, held: values, tags } of held) {
      changes.#room.set(`${error} ${name}`, mostValues(name) - values);
      if (values === 0 && name.startsWith(TAG)) changes.#room.set(String(error), MAX_TAGS - tags);
      // A tag that is counted already needs no room among the names.
      if (values > 0) changes.#named.add(`${error} ${name}`);
    }
    return changes;
  }

  /** What an error's counts become. */
  of(before: ErrorRow, counts: readonly FacetCount[]): FacetChange {
    let { users } = before;
    let newBytes = 0;
    const environments = JSON.parse(before.environments) as string[];
    const others = new Map<string, FacetCount>();
    const kept: FacetCount[] = [];
    for (const count of counts) {
      const { error, name, value } = count;
      if (this.#known.has(count)) {
        kept.push(count);
        continue;
      }
      const hasRoom = name === "user" ? users < MAX_USERS : this.#takeRoom(error, name);
      if (hasRoom === undefined) continue;
      if (hasRoom) {
        kept.push(count);
        newBytes += bytesOfFacet(count);
        if (name === "user") users++;
        if (name === "environment" && environments.length < MAX_LISTED) environments.push(value);
      } else {
        const other = others.get(name);
        if (other === undefined) others.set(name, { ...count, value: REST });
        else other.count += count.count;
      }
    }
    return {
      counts: [...kept, ...others.values()],
      row: { users, environments: JSON.stringify(environments) },
      newBytes,
    };
  }

  /** Undefined: not even the name has room. */
  #takeRoom(error: number, name: string): boolean | undefined {
    const key = `${error} ${name}`;
    if (name.startsWith(TAG) && !this.#named.has(key)) {
      const names = this.#room.get(String(error)) ?? MAX_TAGS;
      if (names <= 0) return undefined;
      this.#room.set(String(error), names - 1);
      this.#named.add(key);
    }
    const room = this.#room.get(key) ?? mostValues(name);
    if (room <= 0) return false;
    this.#room.set(key, room - 1);
    return true;
  }
}

/** Adds to the counts; no statement where there are none. "where true": see addHours(). */
export function addFacets(counts: readonly FacetCount[]): Statement[] {
  if (counts.length === 0) return [];
  const sql = `insert into holdfast.facets (error, name, value, count)
    select error, name, value, count from json_to_recordset($1)
      as given (error bigint, name text, value text, count bigint) where true
    on conflict (error, name, value) do update set count = facets.count + excluded.count`;
  return [{ sql, values: [JSON.stringify(counts)] }];
}

/** What all tallies of a batch bring. */
export function addUpAll(tallies: readonly Tally<number>[]): FacetCount[] {
  return tallies.flatMap(({ key, failures }) => addUp(key, failures));
}
