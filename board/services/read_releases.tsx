/** @jsxImportSource hono/jsx */
import type { ReadSheet } from "../desk.ts";
import { readReleasesView, releaseQueryOf, ReleasesList } from "./releases_page.tsx";

export const readReleases: ReadSheet = async ({ store, logging }, parameters, { clock }) => {
  const view = readReleasesView(parameters);
  const rows = await store.releases(releaseQueryOf(view));
  return {
    title: "Releases",
    section: "releases",
    content: <ReleasesList view={view} rows={rows} code={logging.code} clock={clock} />,
  };
};
