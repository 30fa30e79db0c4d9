/** Keys that a page can show whole, and where clients send with them. */
import type { KeySummary } from "../../logging/mod.ts";
import type { Person } from "../access/gate.tsx";
import type { Desk } from "../desk.ts";
import { plainLine } from "../parts/plain.ts";

/** A key whose text is known: the first one, a public one, one that was just made. */
export interface KnownKey {
  id: string;
  key: string;
  service: string | null;
  isPublic: boolean;
}

/** Who may only look gets no secret one. */
export async function knownKeys(
  { options: { keys, firstKey } }: Desk,
  { mayWrite }: Person,
): Promise<KnownKey[]> {
  const [first, listed] = await Promise.all([mayWrite ? firstKey?.() : undefined, keys.listKeys()]);
  return [
    ...(first === undefined ? [] : [{ id: "first", key: first, service: null, isPublic: false }]),
    ...listed.flatMap((key) => isValid(key) && knownKey(key) || []),
  ];
}

/** The address of the API, without a slash at its end. */
export function apiBase({ options: { publicUrl, apiPath } }: Desk, origin: string): string {
  return (publicUrl ?? origin) + (apiPath?.() ?? "");
}

export function isValid({ revoked_at }: KeySummary): boolean {
  return revoked_at === null;
}

/** The service that a key reports for. */
export function nameOf({ service }: Pick<KeySummary, "service">): string {
  return service === null ? "any service" : plainLine(service, 80);
}

function knownKey({ id, key, service, is_public }: KeySummary): KnownKey | undefined {
  return key === null ? undefined : { id, key, service, isPublic: is_public };
}
