import type { Logging, Release } from "../../logging/mod.ts";

/** Releases that are looked at, those that appeared last. */
const RELEASES_READ = 100;

/** Releases that appeared at or after a time, the newest first. */
export async function newReleases(
  store: Pick<Logging["store"], "releases">,
  sinceMs: number,
  svc_name?: string,
): Promise<Release[]> {
  const ofService = svc_name === undefined ? {} : { svc_name };
  const { items } = await store.releases({ ...ofService, limit: RELEASES_READ });
  // Texts of times are in the order of the times.
  return items.filter(({ first_seen }) => Date.parse(first_seen) >= sinceMs)
    .sort((a, b) => a.first_seen < b.first_seen ? 1 : -1);
}
