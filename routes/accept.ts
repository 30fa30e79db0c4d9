/**
 * True when the `Accept` header names `type` and likes it at least as much as `over`, the usual one. A wildcard names nothing:
 * a client that asks for no form by name gets the usual one (RFC 9110, 12.5.1).
 */
export function prefers(
  accept: string | null,
  { type, over }: { type: string; over: string },
): boolean {
  if (accept === null || !accept.toLowerCase().includes(type)) return false;
  const quality = qualityIn(accept, type);
  return quality > 0 && quality >= qualityIn(accept, over);
}

/** 0 to 1; 0 where the type is not named, or refused. */
function qualityIn(accept: string, type: string): number {
  for (const range of accept.toLowerCase().split(",")) {
    const [name, ...parameters] = range.split(";").map((part) => part.trim());
    if (name !== type) continue;
    const weight = parameters.find((parameter) => parameter.startsWith("q="));
    return weight === undefined ? 1 : Number(weight.slice("q=".length)) || 0;
  }
  return 0;
}
