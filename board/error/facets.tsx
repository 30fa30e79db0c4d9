/** @jsxImportSource hono/jsx */
/** Whom and what an error hit: users, environments, releases, tags. Each value leads to all errors that have it. */
import type { ErrorDetail } from "../../logging/mod.ts";
import { tagToken, token } from "../../modules/search.ts";
import { percentText } from "../../store/facets/share_texts.ts";
import type { FacetShare } from "../../store/shapes.ts";
import { MAX_TOTAL } from "../../store/store.ts";
import { address } from "../addresses.ts";
import { Fold } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";
import { count, counted } from "../parts/times.ts";
import { ReleaseLink } from "./fix.tsx";
import type { Section } from "./sections.tsx";

/** Values that stand below a name; the rest are added up. */
const VALUES_SHOWN = 4;
/** The users that it hits most: there are few alike. */
const MAX_USERS = 10;
/** Tags that are shown at once; further ones can be opened. */
const TAGS_SHOWN = 8;

const MAX_SHOWN_CHARS = 120;

export function usersSection({ users, user_shares }: ErrorDetail): Section | null {
  if (users === 0) return null;
  return {
    id: "users",
    title: "Users",
    hint: usersOf(users),
    content: (
      <Shares
        values={user_shares}
        most={MAX_USERS}
        others={users - user_shares.length}
        query={byField("user")}
      />
    ),
  };
}

export function environmentsSection({ environment_shares }: ErrorDetail): Section | null {
  if (environment_shares.length === 0) return null;
  return {
    id: "environments",
    title: "Environments",
    content: <Shares values={environment_shares} query={byField("environment")} />,
  };
}

/** In which it happened, and in which it began, was seen last and came back. */
export function releasesSection(error: ErrorDetail): Section | null {
  const { svc_name, release_shares, first_release, last_release, came_back_in } = error;
  const named = ([
    ["First", "first_release", first_release],
    ["Last", "release", last_release],
    ["Came back", "came_back_in", came_back_in],
  ] as const).filter(([, , release]) => release !== null);
  if (release_shares.length === 0 && named.length === 0) return null;
  return {
    id: "releases",
    title: "Releases",
    content: (
      <>
        <Shares values={release_shares} query={byField("release")} />
        <dl class="facts">
          {named.map(([title, field, release]) => (
            <>
              <dt>{title}</dt>
              <dd>
                <ReleaseLink field={field} svc_name={svc_name} release={release!} />
              </dd>
            </>
          ))}
        </dl>
      </>
    ),
  };
}

export function tagsSection({ tags }: ErrorDetail): Section | null {
  if (tags.length === 0) return null;
  const groups = tags.map(({ name, values, others }) => ({
    name: plainLine(name, MAX_SHOWN_CHARS),
    values,
    others,
    query: (value: string) => tagToken(name, value),
  }));
  const rest = groups.slice(TAGS_SHOWN);
  return {
    id: "tags",
    title: "Tags",
    content: (
      <>
        {groups.slice(0, TAGS_SHOWN).map((group) => <Group {...group} />)}
        {rest.length > 0 && (
          <Fold title={rest.length === 1 ? "1 more tag" : `${rest.length} more tags`}>
            {rest.map((group) => <Group {...group} />)}
          </Fold>
        )}
      </>
    ),
  };
}

interface SharesProps {
  values: readonly FacetShare[];
  /** More than none: there are values that are not listed. */
  others?: number;
  /** The search for a value. */
  query: (value: string) => string;
  /** Values that are listed. */
  most?: number;
}

function Group({ name, ...shares }: SharesProps & { name: string }) {
  return (
    <div class="facet">
      <h3 dir="auto">{name}</h3>
      <Shares {...shares} />
    </div>
  );
}

function Shares({ values, others = 0, query, most = VALUES_SHOWN }: SharesProps) {
  const shown = values.slice(0, most);
  const left = 1 - shown.reduce((sum, { share }) => sum + share, 0);
  const hasOthers = others > 0 || values.length > shown.length;
  return (
    <ul class="shares">
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
