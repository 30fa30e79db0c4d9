/** Variables that are set, but not read by the service: most likely their names are misspelt. */

/** All variables of this service should begin so. */
const PREFIX = "HOLDFAST_";
/** The terminal tools' variable: not read by the service, and right. */
const OF_TOOLS = "HOLDFAST_URL";
/** Shorter names are near to those of others: `PORT` to `PATH`. */
const MIN_CHARS = 6;
/** From this length on a name may differ by two letters, below by one. */
const LONG_CHARS = 12;
/** What Kubernetes sets in every container beside a service named holdfast. */
const OF_KUBERNETES = /^HOLDFAST_(SERVICE_(HOST|PORT)(_\w+)?|PORT_\d+_\w+)$/;
const ADDRESS_OF_KUBERNETES = /^(tcp|udp|sctp):\/\//;

/** A sentence for each variable that is set, not known, and either begins with `HOLDFAST_` or is nearly a known one. */
export function misnamed(
  set: Readonly<Record<string, string>>,
  known: readonly string[],
): string[] {
  return Object.keys(set).sort().flatMap((name) => {
    const isKnown = known.includes(name) || name === OF_TOOLS;
    if (isKnown || OF_KUBERNETES.test(name) || ADDRESS_OF_KUBERNETES.test(set[name]!)) return [];
    const meant = known.find((other) => set[other] === undefined && isNear(name, other));
    if (meant) return [`${name} is set, but the service does not read it: did you mean ${meant}?`];
    return name.startsWith(PREFIX) ? [`${name} is set, but the service does not read it`] : [];
  });
}

function isNear(name: string, other: string): boolean {
  const upper = name.toUpperCase();
  if (upper === PREFIX + other || PREFIX + upper === other) return true;
  if (other.length < MIN_CHARS) return false;
  return changesBetween(upper, other) <= (other.length < LONG_CHARS ? 1 : 2);
}

/** Letters to be added, removed, changed or swapped with the next one. */
function changesBetween(one: string, other: string): number {
  let before: number[] = [];
  let above = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const isSame = one[i - 1] === other[j - 1];
      const isSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] &&
        one[i - 2] === other[j - 1];
      row[j] = Math.min(
        above[j]! + 1,
        row[j - 1]! + 1,
        above[j - 1]! + (isSame ? 0 : 1),
        isSwapped ? before[j - 2]! + 1 : Infinity,
      );
    }
    before = above;
    above = row;
  }
  return above[other.length]!;
}
