/** @jsxImportSource hono/jsx */
import { StoreBusy } from "../../logging/mod.ts";
import { ERROR_FIELDS } from "../../modules/search.ts";
import type { Desk, ReadSheet } from "../desk.ts";
import { Done } from "../done.tsx";
import type { Clock } from "../parts/times.ts";
import { readChanges } from "./changes.tsx";
import { type Found, Overview } from "./overview_page.tsx";
import { type OverviewView, readOverviewView } from "./overview_view.ts";
import { readTraffic } from "./traffic.ts";
import { readRecent } from "./verdict.tsx";

export const readOverview: ReadSheet = async (desk, parameters, { person, clock }) => {
  const { refused = () => new Map<string, number>() } = desk.options;
  const view = readOverviewView(parameters, clock);
  const [delivery, found] = await Promise.all([desk.delivery(), find(desk, view, clock)]);
  const content = (
    <>
      <Done parameters={parameters} />
      <Overview
        view={view}
        delivery={delivery}
        found={found}
        refused={refused()}
        mayWrite={person.mayWrite}
        clock={clock}
      />
    </>
  );
  return {
    title: "Overview",
    section: "overview",
    styles: "overview",
    content,
    search: {
      action: "/board/overview",
      what: "errors",
      q: "",
      svc_name: view.svc_name,
      fields: ERROR_FIELDS,
    },
  };
};

/** Null while the store does not answer. */
async function find(
  { store }: Pick<Desk, "store">,
  view: OverviewView,
  clock: Clock,
): Promise<Found | null> {
  const ofService = { svc_name: view.svc_name, nowMs: clock.nowMs };
  try {
    const [traffic, recent, changes] = await Promise.all([
      readTraffic(store, view, clock),
      readRecent(store, ofService),
      readChanges(store, ofService),
    ]);
    return { traffic, recent, changes };
  } catch (error) {
    if (error instanceof StoreBusy) return null;
    throw error;
  }
}
