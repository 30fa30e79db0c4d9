/** @jsxImportSource hono/jsx */
import type { IntakeCount } from "../../logging/mod.ts";
import { COUNTED_DAYS } from "../../modules/keys.ts";
import { type Html, Panel } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";
import { type Column, Table } from "../parts/table.tsx";
import { count, sumOf } from "../parts/times.ts";

/** Clients shown: those that sent most. */
const MAX_CLIENTS = 40;
/** Lines of one client. */
const MAX_LINES = 12;

const OUTCOMES: Readonly<Record<Exclude<IntakeCount["outcome"], "taken">, string>> = {
  refused: "refused",
  damaged: "damaged",
  dropped: "dropped by the client itself",
  ignored: "not kept",
};

/** Categories whose names say nothing to people. Maps, since clients choose what is looked up: `constructor`, for one. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ["unread", "a request"],
  ["log_item", "log record"],
]);

/**
 * What is said in place of a reason's code. Clients' own are those of their sources: Sentry's for JavaScript
 * (`EventDropReason`), Java (`DiscardReason`), Go (`clientreport`), Rust (`client_report::Reason`), and Elixir's.
 */
const REASONS: ReadonlyMap<string, string> = new Map([
  ["event_processor", "by a filter in the client: often a repeat of the last event"],
  ["before_send", "by the app's beforeSend"],
  ["sample_rate", "by its sample rate"],
  ["ratelimit_backoff", "it was told to wait"],
  ["network_error", "it could not connect"],
  ["send_error", "it was answered with a failure"],
  ["queue_overflow", "its queue was full"],
  ["cache_overflow", "its cache was full"],
  ["buffer_overflow", "its buffer was full"],
  ["backpressure", "the app was too busy"],
  ["insufficient_data", "it had too little to report"],
  ["internal_sdk_error", "an error in the client"],
  ["ignored", "by the client's list of what to ignore"],
  ["invalid", "it was not valid"],
  ["level", "below LOG_LEVEL"],
  ["intake.quota", "more than the key's quota"],
  ["auth.invalid", "a wrong or a revoked key"],
  ["auth.missing", "no key"],
  ["auth.public_key", "a public key opens the event routes of Sentry alone"],
  ["intake.busy", "not written in time"],
  ["intake.full", "too many reports waited"],
]);

/** What clients sent and what became of it: what is not kept, and what was refused and why. */
export function ClientCounts({ counts }: { counts: readonly IntakeCount[] }): Html {
  const clients = Map.groupBy(counts, ({ service, client }) => JSON.stringify([service, client]));
  const rows = [...clients.values()].slice(0, MAX_CLIENTS);
  return (
    <Panel title="What clients send" hint={`last ${COUNTED_DAYS} days, all instances`}>
      {rows.length === 0
        ? <p class="soft">No client has sent anything yet.</p>
        : <Table caption="What clients send" columns={COLUMNS} rows={rows} />}
    </Panel>
  );
}

const COLUMNS: readonly Column<readonly IntakeCount[]>[] = [
  { title: "Service and client", cell: (rows) => <Client rows={rows} /> },
  {
    title: "Taken",
    isNumber: true,
    cell: (rows) => count(sumOf(rows.filter(isTaken).map(({ quantity }) => quantity))),
  },
];

/** Below its name stands what was not taken, the worst first. */
function Client({ rows }: { rows: readonly IntakeCount[] }) {
  const { service, client } = rows[0]!;
  const others = rows.filter((row) => !isTaken(row)).sort((a, b) => +isBad(b) - +isBad(a));
  return (
    <>
      <bdi>{plainLine(service || "without a valid key", 80)}</bdi>{" "}
      <span class="more">
        <bdi>{plainLine(client || "a client without a name", 80)}</bdi>
      </span>
      {others.length > 0 && (
        <ul class="others">{others.slice(0, MAX_LINES).map((row) => <Other row={row} />)}</ul>
      )}
    </>
  );
}

function Other({ row }: { row: IntakeCount }) {
  const { outcome, category, reason, quantity } = row;
  const why = REASONS.get(reason) ?? reason;
  return (
    <li class={isBad(row) ? "bad" : "soft"}>
      {count(quantity)} × <bdi>{plainLine(NAMES.get(category) ?? category, 60)}</bdi>{" "}
      {OUTCOMES[outcome as keyof typeof OUTCOMES]}
      {why !== "" && (
        <>
          : <bdi>{plainLine(why, 100)}</bdi>
        </>
      )}
    </li>
  );
}

function isTaken({ outcome }: IntakeCount): boolean {
  return outcome === "taken";
}

function isBad({ outcome }: IntakeCount): boolean {
  return outcome === "refused" || outcome === "damaged";
}
