/** What JSON turns into `{}` without a word. */

/**
 * The first part of a value that JSON would show as `{}` although it is something else, named as in `items[2] is a Map`: a Map, a
 * Set, a Blob, an Error, a Promise, an instance of a class without fields. Undefined where there is none. For values that
 * `JSON.stringify` takes: no circles.
 */
export function findUnsayable(value: unknown): string | undefined {
  const waiting: [part: unknown, path: string][] = [[value, ""]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [part, path] = next;
    if (typeof part !== "object" || part === null || "toJSON" in part) continue;
    const keys = Object.keys(part);
    if (keys.length === 0 && !isPlain(part)) return `${path || "it"} is a ${nameOf(part)}`;
    for (const key of keys.reverse()) {
      const below = Array.isArray(part) ? `${path}[${key}]` : path ? `${path}.${key}` : key;
      waiting.push([part[key as keyof typeof part], below]);
    }
  }
  return undefined;
}

function isPlain(part: object): boolean {
  if (Array.isArray(part)) return true;
  const prototype = Object.getPrototypeOf(part);
  // Another realm's Object is plain too.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function nameOf(part: object): string {
  const { name } = part.constructor ?? {};
  return typeof name === "string" && name !== "" ? name : "class without fields";
}
