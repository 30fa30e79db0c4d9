/**
 * Keys and addresses that their form gives away: most issuers put their name in front, so that a leaked key is found.
 *
 * @module
 */

/** Prefixes, and what follows each of them, as the issuers document them or as their keys are seen. */
const ISSUED: readonly (readonly [prefixes: string, rest: string])[] = [
  // Clouds and hosts.
  ["AKIA ASIA ABIA ACCA AROA AIDA AGPA", String.raw`[A-Z2-7\d]{16}`],
  ["AIza", String.raw`[\w-]{30,}`],
  ["ya29.", String.raw`[\w.-]{20,}`],
  ["GOCSPX-", String.raw`[\w-]{20,}`],
  ["dop_v1_ doo_v1_ dor_v1_", String.raw`[a-f\d]{40,}`],
  ["HRKU- fo1_", String.raw`[\w-]{30,}`],
  ["fm1_ fm1a_ fm1r_ fm2_ fm2a_ fm2r_", String.raw`[\w+/=-]{20,}`],
  ["nfp_ sbp_", String.raw`\w{30,}`],
  ["sb_secret_", String.raw`[\w-]{16,}`],
  ["LTAI", String.raw`\w{12,}`],
  ["dapi", String.raw`[a-f\d]{32}`],
  ["pscale_tkn_ pscale_pw_ pscale_oauth_", String.raw`[\w.=-]{20,}`],
  ["npg_", String.raw`\w{10,}`],
  ["tskey-", String.raw`\w+-[\w-]{10,}`],
  ["ops_", String.raw`[\w-]{40,}`],
  // Code hosts, registries, builders.
  ["gho_ ghp_ ghs_ ghu_ ghr_ github_pat_ npm_ rubygems_ bkua_ bkat_", String.raw`\w{16,}`],
  ["glpat- gldt- glrt- glcbt- glptt- glft- glsoat- glagent- glimt-", String.raw`[\w-]{16,}`],
  ["GR1348941 pypi- dckr_pat_ dckr_oat_ CCIPAT_ CCIPRJ_", String.raw`[\w-]{16,}`],
  ["oy2", String.raw`[a-z\d]{43}`],
  ["ATATT3 ATCTT3 ATBB", String.raw`[\w=-]{16,}`],
  ["sqa_ sqp_ squ_", String.raw`[a-f\d]{40}`],
  ["cio", String.raw`[A-Za-z\d]{32}`],
  ["AKC", String.raw`[a-zA-Z\d]{30,}`],
  // Chats and mail.
  ["xoxa- xoxb- xoxe- xoxo- xoxp- xoxr- xoxs- xoxe.xoxb- xoxe.xoxp- xapp-", String.raw`[\w-]{10,}`],
  ["", String.raw`[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{25,}`],
  ["SG.", String.raw`[\w-]{16,}\.[\w-]{16,}`],
  ["key-", String.raw`[a-f\d]{32}`],
  ["xkeysib- xsmtpsib-", String.raw`[\w-]{20,}`],
  ["", String.raw`[a-f\d]{32}-us\d{1,2}`],
  ["", String.raw`\d{8,10}:AA[\w-]{30,}`],
  ["SK0 SK1 SK2 SK3 SK4 SK5 SK6 SK7 SK8 SK9 SKa SKb SKc SKd SKe SKf", String.raw`[a-f\d]{31}`],
  // Payment and shops.
  ["sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_", String.raw`\w{10,}`],
  ["whsec_", String.raw`[\w+/=-]{16,}`],
  ["sq0atp- sq0csp- sq0idp- FLWSECK", String.raw`[\w-]{16,}`],
  ["EAAA", String.raw`[\w-]{50,}`],
  ["shpat_ shpca_ shppa_ shpss_ shpua_", String.raw`\w{16,}`],
  ["EZAK EZTK", String.raw`\w{50,}`],
  ["shippo_live_ shippo_test_", String.raw`[a-f\d]{40}`],
  ["access-production- access-sandbox- access-development-", String.raw`[a-f\d-]{36}`],
  // Watching, tickets, documents.
  ["NRAK- NRJS- NRII- NRIQ- NRRA-", String.raw`[\w-]{16,}`],
  ["glc_ glsa_", String.raw`[\w=-]{20,}`],
  ["sntrys_ sntryu_", String.raw`[\w=+/-]{16,}`],
  ["hcaik_ hciik_ hcmik_ hcxik_ phx_ ntn_", String.raw`\w{20,}`],
  ["dt0", String.raw`[a-z]\d{2}\.[A-Z\d]{20,}\.[A-Z\d]{20,}`],
  ["lin_api_ lin_oauth_", String.raw`\w{16,}`],
  ["secret_", String.raw`[A-Za-z\d]{40,}`],
  ["figd_ figu_ figo_", String.raw`[\w-]{16,}`],
  ["pat", String.raw`[A-Za-z\d]{14}\.[a-f\d]{40,}`],
  ["PMAK-", String.raw`[a-f\d-]{30,}`],
  ["dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.", String.raw`[\w.-]{16,}`],
  ["hvs. hvb. hvr.", String.raw`[\w-]{16,}`],
  ["pul-", String.raw`[a-f\d]{40}`],
  ["", String.raw`[A-Za-z\d]{14}\.atlasv1\.[\w=-]{30,}`],
  ["CFPAT-", String.raw`[\w-]{30,}`],
  ["rdme_", String.raw`\w{30,}`],
  // Models.
  ["sk-", String.raw`(?=[\w-]{0,200}\d)[\w-]{20,}`],
  ["hf_", String.raw`[A-Za-z\d]{20,}`],
  ["r8_ gsk_ pplx- xai-", String.raw`\w{20,}`],
  ["AGE-SECRET-KEY-1", String.raw`[A-Z\d]{40,}`],
];

/** What keys begin with, three characters at least or up to a dot; those without a beginning are looked for otherwise. */
export const KEY_PREFIXES: readonly string[] = [
  ...ISSUED.flatMap(([prefixes]) => prefixes.split(" ")).filter(Boolean),
  "eyJ",
];

const ISSUED_KEY = new RegExp(
  String.raw`(?<![A-Za-z0-9_-](?<!\\[nrt]))(?:${ISSUED.map(formOf).join("|")})`,
  "g",
);

function formOf([prefixes, rest]: (typeof ISSUED)[number]): string {
  return `(?:${prefixes.replaceAll(".", "\\.").replaceAll(" ", "|")})${rest}`;
}

// The dot after the header is what makes it a JWT; signature or payload may have been cut off.
const JWT = /(?<![\w-](?<!\\[nrt]))eyJ[\w-]{5,}(?:\.[\w-]*){1,4}/g;

/** Addresses that let anyone write who knows them: the last parts are the secret. */
const HOOK = new RegExp(
  "(" + [
    String.raw`\bhooks\.slack\.com\/(?:services|workflows|triggers)\/`,
    String.raw`\bdiscord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks\/`,
    String.raw`\bapi\.telegram\.org\/(?:file\/)?bot`,
    String.raw`\bhooks\.zapier\.com\/hooks\/catch\/`,
    String.raw`\.webhook\.office\.com\/webhookb2\/`,
    String.raw`\boutlook\.office\.com\/webhook\/`,
    String.raw`\bmaker\.ifttt\.com\/(?:trigger|use)\/(?:[\w-]{1,100}\/(?:json\/)?with\/key\/)?`,
    String.raw`\bhook\.(?:\w{1,10}\.)?make\.com\/`,
    // Mattermost and others: a random id and nothing else.
    String.raw`\/hooks\/(?=[a-z\d]{26}\b)`,
  ].join("|") + String.raw`)[^\s"'<>\\\`)]+`,
  "gi",
);

/** The text without keys of known form. */
export function maskKeys(text: string, mask: string): string {
  return text.replace(JWT, mask).replace(ISSUED_KEY, mask);
}

/** The text without what makes the address of a webhook work. */
export function maskHooks(text: string, mask: string): string {
  return !/hook|telegram|ifttt/i.test(text) ? text : text.replace(HOOK, `$1${mask}`);
}
