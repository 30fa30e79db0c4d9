/** `ALERT_URLS`: addresses separated by commas. The format follows from the host, or stands before the scheme. */
import { ALERT_FORMATS, type AlertFormat, type AlertTarget } from "../store/alert_target.ts";
import { LEVELS, SEVERITY } from "../store/record.ts";

const BOUND = "addresses separated by commas, each https://…, FORMAT+https://… or smtp(s)://…";
const WEB_FORMATS = ALERT_FORMATS.filter((format) => format !== "mail");

/** Whose webhooks are at which addresses. */
const HOSTS: readonly [RegExp, AlertFormat][] = [
  [/^hooks\.slack(-gov)?\.com$/, "slack"],
  [/^((canary|ptb)\.)?discord(app)?\.com$/, "discord"],
  [/(^|\.)(logic\.azure\.(com|us)|powerplatform\.com|powerautomate\.com)$/, "teams"],
  [/(^|\.)(webhook\.office\.com|flow\.microsoft\.com)$/, "teams"],
  [/^api\.telegram\.org$/, "telegram"],
  [/^ntfy\.sh$/, "ntfy"],
];

/** What an address of a format must have; the sentence goes on after "must be addresses …: address 1 ". */
const NEEDS: { readonly [Format in AlertFormat]?: (url: URL) => string | undefined } = {
  telegram: ({ pathname, searchParams }) =>
    /^\/bot[^/]+\/sendMessage$/i.test(pathname) && searchParams.get("chat_id")
      ? undefined
      : "(telegram) has to be …/botTOKEN/sendMessage?chat_id=…",
  ntfy: ({ pathname }) =>
    /^\/[\w-]{1,64}$/.test(pathname)
      ? undefined
      : "(ntfy) has to end in one topic, of letters, digits, _ and -",
  discord: ({ pathname }) =>
    /^\/api\/(v\d+\/)?webhooks\/\d+\/[^/]+$/.test(pathname)
      ? undefined
      : "(discord) has to be …/api/webhooks/ID/TOKEN",
  mail: ({ hostname, searchParams }) => {
    if (hostname === "") return "(mail) names no host";
    const addresses = ["from", "to"].map((name) => searchParams.getAll(name).flatMap(addressesIn));
    const isRight = addresses.every((list) => list.length > 0 && list.every(isMailAddress));
    if (!isRight || addresses[0]!.length > 1) {
      return "(mail) has to end in ?from=ADDRESS&to=ADDRESS, the to as often as there are people";
    }
    const tls = searchParams.get("tls") ?? "required";
    return ["required", "optional", "no-verify"].includes(tls)
      ? undefined
      : "(mail) has a tls that is none of required, optional and no-verify";
  },
};

/** @throws {RangeError} with the first mistake; it shows nothing of an address. */
export function alertUrls(variable: string): (text: string) => readonly AlertTarget[] {
  return (text) => {
    const items = text.split(",").map((item) => item.trim()).filter((item) => item !== "");
    if (items.length === 0 || !items.every((item) => /^[a-z+]+:\/\//i.test(item))) {
      throw new RangeError(BOUND);
    }
    const targets = items.map((item, index) => {
      const place = items.length === 1 ? "" : ` address ${index + 1}`;
      const made = toTarget(item, (format) => `${variable}${place}${format}`);
      if (typeof made === "string") throw new RangeError(`${BOUND}: address ${index + 1} ${made}`);
      return made;
    });
    return oneEach(targets);
  };
}

/** An address that is there twice is one receiver, which hears of what either lets through. */
export function oneEach(targets: readonly AlertTarget[]): readonly AlertTarget[] {
  const byUrl = Map.groupBy(targets, ({ format, url }) => `${format} ${url}`);
  return Array.from(byUrl.values(), (same) => (
    { ...same[0]!, filters: same.flatMap(({ filters }) => filters) }
  ));
}

/** The receiver, or what is wrong with the address. */
function toTarget(item: string, nameOf: (format: string) => string): AlertTarget | string {
  const [, prefix, rest = item] = /^([a-z]+)\+(.*)$/is.exec(item) ?? [];
  if (prefix !== undefined && !WEB_FORMATS.some((format) => format === prefix.toLowerCase())) {
    return `has a format that is none of ${WEB_FORMATS.join(", ")}`;
  }
  if (!URL.canParse(rest)) return "cannot be read: write special characters of a password as %XX";
  const url = new URL(rest);
  const isMail = ["smtp:", "smtps:"].includes(url.protocol);
  if (isMail ? prefix !== undefined : !["http:", "https:"].includes(url.protocol)) {
    return "is none of https://…, http://… and smtp(s)://…";
  }
  const format = isMail ? "mail" : prefix?.toLowerCase() as AlertFormat ??
    HOSTS.find(([host]) => host.test(url.hostname))?.[1] ?? "json";
  const filters = filtersIn(url.hash);
  if (typeof filters === "string") return filters;
  url.hash = "";
  const lacking = NEEDS[format]?.(url);
  if (lacking !== undefined) return lacking;
  const label = format === "json" ? "" : ` (${format})`;
  return { format, url: url.href, name: nameOf(label), filters };
}

/** `#service=…&level=…`: each service as often as there are some, the level once, for all of them. */
function filtersIn(hash: string): AlertTarget["filters"] | string {
  // A plus stays one: names of services have them, and spaces are written as %20.
  const given = new URLSearchParams(hash.slice(1).replaceAll("+", "%2B"));
  const unknown = [...given.keys()].some((name) => name !== "service" && name !== "level");
  if (unknown) {
    return "has something else than service=… and level=… behind #: a # before is written as %23";
  }
  const [level = "", another] = given.getAll("level").map((level) => level.toUpperCase());
  const known = LEVELS.find((name) => name === level);
  if (level !== "" && known === undefined || another !== undefined) {
    return `has a level that is not one of ${LEVELS.join(", ")} behind #`;
  }
  const services = given.getAll("service");
  if (services.some((service) => service === "")) return "has a service without a name behind #";
  const minSeverity = known === undefined ? 0 : SEVERITY[known];
  return (services.length === 0 ? [""] : services).map((service) => ({ service, minSeverity }));
}

function addressesIn(list: string): string[] {
  return list.split(",").map((address) => address.trim()).filter((address) => address !== "");
}

/** Enough to refuse a mistake: `name@host`, nothing that could be another header. */
function isMailAddress(text: string): boolean {
  return /^[^\s@<>"(),:;\\]+@[^\s@<>"(),:;\\]+$/.test(text);
}
