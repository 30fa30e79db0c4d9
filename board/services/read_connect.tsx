/** @jsxImportSource hono/jsx */
import { COUNTED_DAYS } from "../../modules/keys.ts";
import type { Looking } from "../access/gate.tsx";
import type { Desk, ReadSheet, Sheet } from "../desk.ts";
import { answerArrived, arrivedSince } from "./arrived.ts";
import { chosen, ConnectPage, type ConnectView, readConnectView } from "./connect_page.tsx";
import { apiBase, type KnownKey, knownKeys } from "./known_keys.ts";
import { makeKeyAs } from "./read_keys.tsx";

export const readConnect: ReadSheet = (desk, parameters, looking) =>
  connectSheet(desk, readConnectView(parameters, looking.clock.nowMs), { looking });

/** Makes a key for the service that the page shows; it is in the texts that the answer shows. */
export async function connectWithNewKey(
  desk: Desk,
  form: URLSearchParams,
  looking: Looking,
): Promise<Sheet> {
  const view = readConnectView(form, looking.clock.nowMs);
  const { key, summary } = await makeKeyAs(desk, {
    service: view.service || undefined,
    is_public: view.platform.takes === "public",
    note: `made on the page Connect for ${view.platform.title}`,
  }, looking);
  const { id, service, is_public: isPublic } = summary;
  return await connectSheet(desk, view, { looking, made: { id, key, service, isPublic } });
}

/** What the page's script asks while it waits. */
export function readArrived(
  desk: Desk,
  parameters: URLSearchParams,
  { clock }: Looking,
): Promise<Response> {
  return answerArrived(desk, readConnectView(parameters, clock.nowMs));
}

async function connectSheet(
  desk: Desk,
  view: ConnectView,
  { looking: { origin, person }, made }: { looking: Looking; made?: KnownKey },
): Promise<Sheet> {
  const keys = await knownKeys(desk, person);
  const { service } = chosen({ view, keys, made });
  const [arrived, counts] = await Promise.all([
    arrivedSince(desk, { service, sinceMs: view.sinceMs }),
    desk.options.keys.intakeCounts({ days: COUNTED_DAYS }),
  ]);
  const content = (
    <ConnectPage
      view={view}
      keys={keys}
      made={made}
      arrived={arrived}
      counts={counts}
      base={apiBase(desk, origin)}
      mayChange={person.mayWrite}
    />
  );
  return { title: "Connect", section: "connect", styles: "services", content };
}
