/** @jsxImportSource hono/jsx */
import { ValueError } from "../../modules/failure.ts";
import { makeKey, newKey } from "../../modules/keys.ts";
import { valid } from "../../modules/verbs.ts";
import { dsnOf } from "../../store/intake_key.ts";
import { address, filledIn } from "../addresses.ts";
import type { Looking } from "../access/gate.tsx";
import type { Desk, ReadSheet, Sheet } from "../desk.ts";
import { goTo } from "../layout.tsx";
import { KeysPage, type MadeKey } from "./keys_page.tsx";
import { apiBase } from "./known_keys.ts";

export const readKeys: ReadSheet = (desk, parameters, looking) =>
  keysSheet(desk, looking, {
    isRevoked: parameters.get("done") === "revoked",
    revoking: parameters.get("revoke") ?? "",
  });

/** Answers with the page itself: a secret key must be in no address. */
export async function makeNewKey(
  desk: Desk,
  form: URLSearchParams,
  looking: Looking,
): Promise<Sheet> {
  const { service, note, quota } = filledIn(form, ["service", "note", "quota"]);
  const made = await makeKeyAs(desk, {
    service,
    note,
    is_public: form.get("public") === "yes",
    quota: quota === undefined ? undefined : Number(quota),
  }, looking);
  return await keysSheet(desk, looking, { made });
}

export async function makeKeyAs(
  desk: Desk,
  said: unknown,
  { origin, person }: Looking,
): Promise<MadeKey> {
  const { key, summary } = await makeKey(desk.options.keys, {
    ...valid(newKey, said),
    by: person.name,
  });
  return {
    key,
    summary,
    dsn: dsnOf({ base: apiBase(desk, origin), key, service: summary.service }),
  };
}

export async function revokeKey(
  { options }: Desk,
  form: URLSearchParams,
  { person }: Looking,
): Promise<Response> {
  if (form.get("sure") !== "yes") {
    throw new ValueError("nothing was revoked: it has to be confirmed", { param: "sure" });
  }
  const revoked = await options.keys.revokeKey(form.get("id") ?? "", { by: person.name });
  return goTo(address("/board/keys", { done: revoked ? "revoked" : undefined }));
}

async function keysSheet(
  desk: Desk,
  { origin, person, clock }: Looking,
  done: { made?: MadeKey; isRevoked?: boolean; revoking?: string },
): Promise<Sheet> {
  const content = (
    <KeysPage
      keys={await desk.options.keys.listKeys()}
      base={apiBase(desk, origin)}
      mayChange={person.mayWrite}
      clock={clock}
      {...done}
    />
  );
  return { title: "Keys", section: "keys", styles: "services", content };
}
