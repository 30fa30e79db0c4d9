/**
 * International bank account numbers (ISO 13616) in running text.
 *
 * @module
 */

/** Countries and the length each has, from the registry of ISO 13616. */
const LENGTHS: ReadonlyMap<string, number> = new Map(
  ("AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 " +
    "GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 " +
    "MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 " +
    "TN24 TR26 UA29 VA22 VG24 XK20").split(" ").map((entry) => [
      entry.slice(0, 2),
      Number(entry.slice(2)),
    ]),
);

const CANDIDATE = /(?<![A-Za-z0-9](?<!\\[nrt]))[A-Z]{2}\d{2}(?=[ -]?[A-Z0-9])/g;
/** ISO 7064, MOD 97-10. */
const MODULUS = 97;

/** The text with every account number whose check digits are right replaced by `mask`. */
export function maskAccounts(text: string, mask: string): string {
  let masked = "";
  let done = 0;
  for (const { index } of text.matchAll(CANDIDATE)) {
    const end = index < done ? -1 : accountEnd(text, index);
    if (end < 0) continue;
    masked += text.slice(done, index) + mask;
    done = end;
  }
  return done === 0 ? text : masked + text.slice(done);
}

/** Where the account number that begins at `start` ends; -1 where there is none. */
function accountEnd(text: string, start: number): number {
  const length = LENGTHS.get(text.slice(start, start + 2));
  if (length === undefined) return -1;
  let digits = "";
  let end = start;
  while (digits.length < length) {
    const unit = text[end] ?? "";
    if (/[A-Z0-9]/.test(unit)) digits += unit;
    // Groups are parted by one character.
    else if (!/[ -]/.test(unit) || !/[A-Z0-9]/.test(text[end + 1] ?? "")) return -1;
    end++;
  }
  return /[A-Za-z0-9]/.test(text[end] ?? "") || !hasRightCheck(digits) ? -1 : end;
}

function hasRightCheck(account: string): boolean {
  let rest = 0;
  for (const unit of account.slice(4) + account.slice(0, 4)) {
    // A is 10, Z is 35.
    const value = parseInt(unit, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % MODULUS;
  }
  return rest === 1;
}
