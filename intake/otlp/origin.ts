/** Where a report comes from: what OpenTelemetry calls a resource. */
import type { Report } from "../../store/report.ts";
import type { Delivery } from "../intake.ts";
import type { Resource } from "./telemetry.ts";
import { type Attributes, hasAny, take, takeText } from "./values.ts";

/** Fields of a report that its resource gives. */
export type Origin =
  & Pick<Report, "svc_name" | "release" | "environment" | "instance">
  & {
    /** What else is known of it, for `attrs`. */
    readonly attrs: Attributes;
  };

/** Of each resource once: its reports share it. */
export function originReader({ service, otherwise }: Delivery): (resource: Resource) => Origin {
  const origins = new Map<Resource, Origin>();
  return (resource) => {
    let origin = origins.get(resource);
    if (origin === undefined) {
      origin = originOf(resource, { service, otherwise });
      origins.clear();
      origins.set(resource, origin);
    }
    return origin;
  };
}

/** What the SDKs call a program that was given no name: `unknown_service:node`. */
const NO_NAME = /^unknown_service/;

/** The SDK's name, and the program's whole command line, which comes with every request. */
const NOISE = /^(?:telemetry\.|process\.(?!runtime\.))/;

function originOf(
  resource: Resource,
  { service, otherwise }: Pick<Delivery, "service" | "otherwise">,
): Origin {
  const rest = Object.assign(Object.create(null), resource.attributes) as Attributes;
  const named = takeText(rest, "service.name");
  const name = named === undefined || NO_NAME.test(named) ? undefined : named;
  const release = takeText(rest, "service.version");
  const environment = takeText(rest, "deployment.environment.name", "deployment.environment");
  const instance = instanceOf(rest);
  for (const key of Object.keys(rest)) if (NOISE.test(key)) delete rest[key];
  const attrs: Attributes = Object.create(null);
  // The key's service wins.
  if (service !== undefined && name !== undefined && name !== service) {
    attrs.reported_svc_name = name;
  }
  if (hasAny(rest)) attrs.resource = rest;
  return { svc_name: service ?? name ?? otherwise, release, environment, instance, attrs };
}

/** `web-1:4711`, as our own records have it; else the id that the program gave itself. */
function instanceOf(rest: Attributes): string | undefined {
  const { "host.name": host, "process.pid": pid, "service.instance.id": id } = rest;
  if (typeof host === "string" && host !== "" && pid !== undefined) {
    take(rest, "host.name");
    take(rest, "process.pid");
    return `${host}:${pid}`;
  }
  if (typeof id === "string" && id !== "") return takeText(rest, "service.instance.id");
  return takeText(rest, "host.name");
}
