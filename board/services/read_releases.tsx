/** @jsxImportSource hono/jsx */
import { address } from "../addresses.ts";
import type { ReadSheet } from "../desk.ts";
import { goTo } from "../layout.tsx";
import { readReleasesView, releaseQueryOf, ReleasesList } from "./releases_page.tsx";

export const readReleases: ReadSheet = async ({ store, logging }, parameters, { clock }) => {
  const view = readReleasesView(parameters);
  const { svc_name } = view;
  const q = (parameters.get("q") ?? "").trim();
  // Words are looked for in errors, whatever page they are typed on.
  if (q !== "") return goTo(address("/board", { q, svc_name, state: "all" }));
  const rows = await store.releases(releaseQueryOf(view));
  return {
    title: "Releases",
    section: "releases",
    styles: "services",
    search: { action: "/board/releases", what: "errors", q, svc_name, fields: [] },
    content: <ReleasesList view={view} rows={rows} code={logging.code} clock={clock} />,
  };
};
