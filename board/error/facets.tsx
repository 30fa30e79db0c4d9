/** @jsxImportSource hono/jsx */
/** Whom and what an error hit: users, environments, releases, tags. Each value leads to all errors that have it. */
import type { ErrorDetail, ErrorSummary } from "../../logging/mod.ts";
import { tagToken, token } from "../../modules/search.ts";
import { percentText } from "../../store/facets/share_texts.ts";
import type { FacetShare } from "../../store/shapes.ts";
import { MAX_TOTAL } from "../../store/store.ts";
import { address } from "../addresses.ts";
import { Fold, type Html, Panel } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";
import { count, counted } from "../parts/times.ts";

/** Values that stand below a name; the rest are added up. */
const VALUES_SHOWN = 4;
/** Tags that are shown at once; further ones can be opened. */
const TAGS_SHOWN = 8;
/** Environments in a row of the list. */
const ENVIRONMENTS_IN_ROW = 2;

const MAX_SHOWN_CHARS = 120;

/** Beside an error; nothing where nothing was counted. */
export function Facets({ error }: { error: ErrorDetail }): Html | null {
  const { users, tags, environment_shares, release_shares } = error;
  const groups: GroupProps[] = [
    { name: "Environment", values: environment_shares, query: byField("environment") },
    { name: "Release", values: release_shares, query: byField("release") },
    ...tags.map(({ name, values, others }) => ({
      name: plainLine(name, MAX_SHOWN_CHARS),
      values,
      others,
      query: (value: string) => tagToken(name, value),
    })),
  ].filter(({ values }) => values.length > 0);
  if (users === 0 && groups.length === 0) return null;
  const rest = groups.slice(TAGS_SHOWN);
  return (
    <Panel title="Users and tags" hint={usersOf(users)}>
      {groups.slice(0, TAGS_SHOWN).map((group) => <Group {...group} />)}
      {rest.length > 0 && (
        <Fold title={rest.length === 1 ? "1 more tag" : `${rest.length} more tags`}>
          {rest.map((group) => <Group {...group} />)}
        </Fold>
      )}
    </Panel>
  );
}

/** In a row of the list. */
export function FacetsInRow({ error }: { error: ErrorSummary }): Html {
  const { users, environments } = error;
  const more = environments.length - ENVIRONMENTS_IN_ROW;
  return (
    <>
      {users > 0 && <span class="hit">{usersOf(users)}</span>}
      {environments.slice(0, ENVIRONMENTS_IN_ROW).map((name) => <bdi>{plainLine(name, 40)}</bdi>)}
      {more > 0 && <span>{`+${more}`}</span>}
    </>
  );
}

interface GroupProps {
  name: string;
  values: readonly FacetShare[];
  /** Occurrences with a value that is not listed. */
  others?: number;
  /** The search for a value. */
  query: (value: string) => string;
}

function Group({ name, values, others = 0, query }: GroupProps) {
  const shown = values.slice(0, VALUES_SHOWN);
  const left = 1 - shown.reduce((sum, { share }) => sum + share, 0);
  const hasOthers = others > 0 || values.length > shown.length;
  return (
    <section class="facet">
      <h3 dir="auto">{name}</h3>
      <ul>
        {shown.map(({ value, count: many, share }) => (
          <li title={`${count(many)} occurrences`}>
            <a href={address("/board", { q: query(value), state: "all" })}>
              <bdi>{plainLine(value, MAX_SHOWN_CHARS)}</bdi>
            </a>
            <Share share={share} />
          </li>
        ))}
        {hasOthers && (
          <li>
            <span class="soft">others</span>
            <Share share={left} />
          </li>
        )}
      </ul>
    </section>
  );
}

/** The bar says nothing that the number beside it does not. */
function Share({ share }: { share: number }) {
  return (
    <>
      <span>{percentText(share)}</span>
      <svg
        class="bars"
        viewBox="0 0 100 4"
        width="100"
        height="4"
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <rect width={(share * 100).toFixed(1)} height="4" />
      </svg>
    </>
  );
}

function byField(field: string): (value: string) => string {
  return (value) => token(field, value);
}

/** `10,000+ users`: counted up to there. */
function usersOf(users: number): string {
  return users === 0 ? "" : counted(users, "user", MAX_TOTAL);
}
