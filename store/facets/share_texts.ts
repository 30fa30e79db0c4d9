/** Whom and what an error hit, as texts: for Markdown and the terminal. */
import { type ErrorDetail, type FacetShare, MAX_TOTAL } from "../store.ts";

/** Tags that are told, the most frequent ones, and values of each. */
const MAX_TAGS = 10;
const MAX_VALUES = 3;

/** By name: `users`, `environments`, `tag os`. Texts of strangers as they are. */
export function shareTexts(error: ErrorDetail): [name: string, text: string][] {
  const { users, environment_shares, release_shares, tags } = error;
  const texts: [string, string][] = [
    ["users", users >= MAX_TOTAL ? `${MAX_TOTAL} or more` : users === 0 ? "" : String(users)],
    ["environments", sharesText(environment_shares)],
    ["releases", sharesText(release_shares)],
    ...tags.slice(0, MAX_TAGS).map(({ name, values }): [string, string] => [
      `tag ${name}`,
      sharesText(values),
    ]),
  ];
  return texts.filter(([, text]) => text !== "");
}

/** `Firefox 67 %, Chrome 33 %` */
function sharesText(shares: readonly FacetShare[]): string {
  const shown = shares.slice(0, MAX_VALUES)
    .map(({ value, share }) => `${value} ${percentText(share)}`);
  return [...shown, ...shares.length > MAX_VALUES ? ["…"] : []].join(", ");
}

/** `67 %`; `< 1 %` for less than half of one. */
export function percentText(share: number): string {
  const rounded = Math.round(share * 100);
  return rounded === 0 ? "< 1 %" : `${rounded} %`;
}
