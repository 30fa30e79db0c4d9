import type { LogRecord, RecordedFrame } from "../../store/record.ts";
import { type Service, startService, type Variables } from "../helpers/start_service.ts";
import { until } from "../helpers/until.ts";

/** A key without a service: the path of the DSN says which it is. */
export const KEY = "0123456789abcdef0123456789abcdef";

/** One error as the JSON API tells it, with its latest occurrence. */
export interface Arrived {
  id: string;
  type: string;
  message: string;
  count: number;
  record: LogRecord;
}

/** The real service, with all of a user kept, so that it can be asked for. */
export async function startTarget(variables: Variables = {}): Promise<Service> {
  return await startService({
    INTAKE_KEYS: KEY,
    KEEP_USER: "full",
    LOG_CONSOLE: "json",
    ...variables,
  });
}

/** The DSN that makes a client report as `service`. */
export function dsnOf({ url }: Service, service: string, project = "1"): string {
  const { host } = new URL(url);
  return `http://${KEY}@${host}/${service}/${project}`;
}

/** The errors of a service, as soon as `count` occurrences of them are there; the first that opened first. */
export async function errorsOf(
  target: Service,
  { service, count }: { service: string; count: number },
): Promise<Arrived[]> {
  const errors = await until(async () => {
    const answer = await target.asOperator(`/errors?svc_name=${service}&sort=first_seen&limit=100`);
    const all = answer.errors as { count: number }[];
    const sum = all.reduce((total, error) => total + error.count, 0);
    return sum >= count && all;
  }, { what: `${count} occurrences of ${service}; the service printed: ${target.output}` });
  return await Promise.all(errors.map((error) => withLatest(target, error)));
}

// deno-lint-ignore no-explicit-any -- an answer of the API
async function withLatest(target: Service, error: any): Promise<Arrived> {
  const { occurrences } = await target.asOperator(`/errors/${error.id}/occurrences`);
  const record: LogRecord = occurrences[0].record ?? occurrences[0];
  return {
    id: error.id,
    type: error.type,
    message: record.error?.message ?? record.message,
    count: error.count,
    record,
  };
}

/** Log records of a service that a text is in. */
export async function logsOf(target: Service, service: string, text: string): Promise<LogRecord[]> {
  return await until(async () => {
    const query = new URLSearchParams({ svc_name: service, q: text });
    const { items, logs } = await target.asOperator(`/logs?${query}`);
    const found: LogRecord[] = items ?? logs ?? [];
    return found.length > 0 && found;
  }, { what: `a log record of ${service} with "${text}"` });
}

/** The service's own frames, the nearest first. */
export function ownFrames({ error }: Pick<LogRecord, "error">): RecordedFrame[] {
  return (error?.frames ?? []).filter(({ in_app }) => in_app);
}

/** One line of the table: what arrived of one error. */
export function rowOf(client: string, { type, message, count, record }: Arrived): string {
  const frames = ownFrames(record).map(({ file, function: name, line, context_line }) =>
    `${name ?? "?"} ${file?.split("/").at(-1)}:${line}${
      context_line ? " `" + context_line.trim().slice(0, 40) + "`" : ""
    }`
  );
  const { release, environment, user, tags, method, path, route } = record;
  return [
    client,
    `${type}: ${message}`,
    frames.join(" ← "),
    release,
    environment,
    user?.id,
    Object.entries(tags ?? {}).map(([name, tag]) => `${name}=${tag}`).join(" "),
    `${method ?? ""} ${path ?? ""} (${route ?? record.module ?? "no route"})`,
    `×${count}`,
  ].join(" | ");
}
