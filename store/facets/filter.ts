/** Which errors have occurrences in an environment, of a user, with a tag. */
import type { Value } from "../drivers/database.ts";
import { type FacetFilters, MAX_MATCHES } from "../store.ts";
import { type Facet, facetValue, TAG } from "./facets_of.ts";

/** A tag's name may have colons: so many of them are tried as the end of the name. */
const MAX_COLONS = 4;

/** What is asked for: of each list at least one facet. */
export type Conditions = readonly (readonly Facet[])[];

export function conditionsOf({ environment, user, tag = [] }: FacetFilters): Conditions {
  const facet = (name: string, value: string) => ({ name, value: facetValue(value) });
  return [
    ...environment === undefined ? [] : [[facet("environment", environment)]],
    ...user === undefined ? [] : [[facet("user", user)]],
    ...[tag].flat().map((text) =>
      tagsIn(text).map(([name, value]) => facet(facetValue(TAG + name), value))
    ),
  ];
}

/** `name:value` as a name and a value: several, where there is more than one colon. */
export function tagsIn(text: string): [name: string, value: string][] {
  const tags: [string, string][] = [];
  for (let at = text.indexOf(":"); at >= 0 && tags.length < MAX_COLONS;) {
    tags.push([text.slice(0, at), text.slice(at + 1)]);
    at = text.indexOf(":", at + 1);
  }
  return tags;
}

/** A condition of the list of errors, in SQL. */
export function facetInSql(
  facets: readonly Facet[],
  given: (value: Value) => string,
): string {
  const any = facets.map(({ name, value }) =>
    `exists (select 1 from holdfast.facets where facets.error = errors.id
      and facets.name = ${given(name)} and facets.value = ${given(value)})`
  );
  return any.length === 0 ? "1 = 0" : `(${any.join(" or ")})`;
}

/** Values: name, value. */
export const ERRORS_BY_FACET = `
  select error as id from holdfast.facets where name = $1 and value = $2 limit ${MAX_MATCHES + 1}`;
