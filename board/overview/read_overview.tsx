/** @jsxImportSource hono/jsx */
import type { ReadSheet } from "../desk.ts";
import { Done } from "../done.tsx";
import { Overview, recentErrors } from "./overview_page.tsx";
import { type Range, RANGES, readTraffic } from "./traffic.ts";

export const readOverview: ReadSheet = async (desk, parameters, { person, clock }) => {
  const { store, options: { refused = () => new Map<string, number>() } } = desk;
  const { nowMs } = clock;
  const asked = parameters.get("range") ?? "";
  const range = Object.hasOwn(RANGES, asked) ? asked as Range : "hour";
  const [delivery, recent, traffic] = await Promise.all([
    desk.delivery(),
    recentErrors(store, nowMs),
    readTraffic(store, { range, nowMs }),
  ]);
  const content = (
    <>
      <Done parameters={parameters} />
      <Overview
        delivery={delivery}
        recent={recent}
        traffic={traffic}
        refused={refused()}
        mayWrite={person.mayWrite}
        clock={clock}
      />
    </>
  );
  return { title: "Overview", section: "overview", content };
};
