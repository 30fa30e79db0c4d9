/**
 * Card numbers in running text.
 *
 * @module
 */

// In one run, or in groups as they are printed, parted by spaces, dashes or dots: 4-4-4-4, 4-4-4-4-3, 4-6-5 and 4-6-4. Not inside a word, a
// longer number or a fraction; after an escaped line end (`\n`) of JSON text a word begins.
const CANDIDATE = new RegExp(
  String.raw`(?<![A-Za-z0-9](?<!\\[nrt]))(?<!\d[.,])` +
    String
      .raw`(?:\d{13,19}|\d{4}([ .\u00a0-])\d{4}\1\d{4}\1\d{4}(?:\1\d{3}(?!\d))?|\d{4}([ .\u00a0-])\d{6}\2\d{4,5})` +
    String.raw`(?![A-Za-z0-9]|[.,]\d)`,
  "g",
);
const GROUPED_CHARS = "0000 0000 0000 0000".length;

/** Issuer prefixes and the lengths each issues, from the ranges of ISO/IEC 7812 that the networks publish. */
const ISSUERS: readonly { prefix: RegExp; lengths: readonly number[] }[] = [
  { prefix: /^4/, lengths: [13, 16, 19] }, // Visa
  { prefix: /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] }, // Mastercard
  { prefix: /^3[47]/, lengths: [15] }, // American Express
  { prefix: /^(?:30[0-5]|36|38|39)/, lengths: [14, 16] }, // Diners Club
  { prefix: /^(?:6011|64[4-9]|65)/, lengths: [16, 19] }, // Discover
  { prefix: /^35(?:2[89]|[3-8])/, lengths: [16, 19] }, // JCB
  { prefix: /^62/, lengths: [16, 17, 18, 19] }, // UnionPay
  { prefix: /^220[0-4]/, lengths: [16, 19] }, // Mir
  { prefix: /^(?:5018|5020|5038|5893|6304|6759|676[1-3])/, lengths: [13, 15, 16, 18, 19] }, // Maestro
];

/** The text with every card number replaced by `mask`. */
export function maskCards(text: string, mask: string): string {
  return text.replace(CANDIDATE, (found) => {
    if (isCard(found)) return mask;
    // Four groups and then a number of its own: `4111 1111 1111 1111 123`.
    const card = found.slice(0, GROUPED_CHARS);
    return card !== found && /\D/.test(found) && isCard(card)
      ? mask + found.slice(GROUPED_CHARS)
      : found;
  });
}

/** True for a number of an issuer's prefix and length whose check digit is right (Luhn). */
export function isCard(number: string): boolean {
  const digits = number.replace(/\D/g, "");
  const isIssued = ISSUERS.some((issuer) =>
    issuer.lengths.includes(digits.length) && issuer.prefix.test(digits)
  );
  return isIssued && luhnSum(digits) % 10 === 0;
}

function luhnSum(digits: string): number {
  let sum = 0;
  for (let fromEnd = 0; fromEnd < digits.length; fromEnd++) {
    const digit = digits.charCodeAt(digits.length - 1 - fromEnd) - 48;
    const weighed = fromEnd % 2 === 0 ? digit : digit * 2;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum;
}
