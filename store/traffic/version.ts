/**
 * Which of two releases is the lower version, where both are versions: `v1.2`, `1.2`, `shop@1.2.0-rc.1+5`. By semantic versioning,
 * https://semver.org/#spec-item-11, with as many numbers as there are.
 */

/** A name before `@`, a `v`, numbers of which there are two or a `v`, a pre-release, a build. */
const VERSION =
  /^(?:(.+)@)?(?:v(\d+(?:\.\d+)*)|(\d+(?:\.\d+)+))(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?$/i;

interface Version {
  /** What it is a version of; undefined where that is not said. */
  name: string | undefined;
  numbers: string[];
  preRelease: string[];
  /** Says nothing of the order. */
  build: string;
}

/** Negative: the first is lower; 0: both are the same version. Undefined where they cannot be told apart as versions. */
export function versionOrder(one: string, other: string): number | undefined {
  // What a script has put there may end in a line break; whoever names it has seen none.
  if (one.trim() === other.trim()) return 0;
  const first = versionOf(one);
  const second = versionOf(other);
  if (first === undefined || second === undefined) return undefined;
  // A service may be made of parts that have versions of their own.
  if (first.name !== undefined && second.name !== undefined && first.name !== second.name) {
    return undefined;
  }
  const order = numbersOrder(first.numbers, second.numbers) ||
    preReleaseOrder(first.preRelease, second.preRelease);
  return order === 0 && first.build !== second.build ? undefined : order;
}

function versionOf(release: string): Version | undefined {
  const [, name, withV, plain, preRelease, build = ""] = VERSION.exec(release.trim()) ?? [];
  const numbers = withV ?? plain;
  if (numbers === undefined) return undefined;
  return { name, numbers: numbers.split("."), preRelease: preRelease?.split(".") ?? [], build };
}

/** What is left out is 0: `1.2` is `1.2.0`. */
function numbersOrder(one: readonly string[], other: readonly string[]): number {
  for (let i = 0; i < Math.max(one.length, other.length); i++) {
    const order = numberOrder(one[i] ?? "0", other[i] ?? "0");
    if (order !== 0) return order;
  }
  return 0;
}

/** Of digits, however many: a release may be longer than a number is exact. */
function numberOrder(one: string, other: string): number {
  const [a, b] = [one.replace(/^0+/, ""), other.replace(/^0+/, "")];
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** A version has more than its pre-releases; of these, one with more parts is higher where the others are equal. */
function preReleaseOrder(one: readonly string[], other: readonly string[]): number {
  if (one.length === 0 || other.length === 0) return other.length - one.length;
  for (let i = 0; i < Math.max(one.length, other.length); i++) {
    const order = partOrder(one[i], other[i]);
    if (order !== 0) return order;
  }
  return 0;
}

/** Numbers are lower than words. */
function partOrder(one: string | undefined, other: string | undefined): number {
  if (one === undefined || other === undefined) return one === undefined ? -1 : 1;
  const [isNumber, isOtherNumber] = [/^\d+$/.test(one), /^\d+$/.test(other)];
  if (isNumber && isOtherNumber) return numberOrder(one, other);
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
  return one < other ? -1 : one > other ? 1 : 0;
}
