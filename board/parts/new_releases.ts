import type { Logging, ReleaseAppeared } from "../../logging/mod.ts";

/** Releases that are looked at, those that appeared last. */
const RELEASES_READ = 100;

/** Releases that appeared at or after a time, the newest first. */
export async function newReleases(
  store: Pick<Logging["store"], "releaseNames">,
  sinceMs: number,
  svc_name?: string,
): Promise<ReleaseAppeared[]> {
  const ofService = svc_name === undefined ? {} : { svc_name };
  const releases = await store.releaseNames({ ...ofService, limit: RELEASES_READ });
  // Texts of times are in the order of the times.
  return releases.filter(({ first_seen }) => Date.parse(first_seen) >= sinceMs)
    .sort((a, b) => a.first_seen < b.first_seen ? 1 : -1);
}
