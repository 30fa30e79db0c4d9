/**
 * Keys and addresses that their form gives away: most issuers put their name in front, so that a leaked key is found.
 *
 * @module
 */

/** Prefixes and what follows, as the issuers document them or as their keys are seen. */
const ISSUED: readonly string[] = [
  // Clouds and hosts.
  ...[String.raw`(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA|AGPA)[A-Z2-7\d]{16}`, String.raw`AIza[\w-]{30,}`],
  ...[
    String.raw`ya29\.[\w.-]{20,}`,
    String.raw`GOCSPX-[\w-]{20,}`,
    String.raw`do[opr]_v1_[a-f\d]{40,}`,
  ],
  ...[
    String.raw`HRKU-[\w-]{30,}`,
    String.raw`fo1_[\w-]{30,}`,
    String.raw`fm[12][ar]?_[\w+/=-]{20,}`,
  ],
  ...[String.raw`nfp_\w{30,}`, String.raw`sbp_\w{30,}`, String.raw`sb_secret_[\w-]{16,}`],
  ...[
    String.raw`LTAI\w{12,}`,
    String.raw`dapi[a-f\d]{32}`,
    String.raw`pscale_(?:tkn|pw|oauth)_[\w.=-]{20,}`,
  ],
  ...[String.raw`npg_\w{10,}`, String.raw`tskey-\w+-[\w-]{10,}`, String.raw`ops_[\w-]{40,}`],
  // Code hosts, registries, builders.
  ...[
    String.raw`gh[opsur]_\w{16,}`,
    String.raw`github_pat_\w{16,}`,
    String.raw`gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|imt)-[\w-]{16,}`,
  ],
  ...[String.raw`GR1348941[\w-]{16,}`, String.raw`npm_\w{16,}`, String.raw`pypi-[\w-]{16,}`],
  ...[
    String.raw`rubygems_\w{16,}`,
    String.raw`oy2[a-z\d]{43}`,
    String.raw`dckr_(?:pat|oat)_[\w-]{16,}`,
  ],
  ...[
    String.raw`AT(?:ATT3|CTT3|BB)[\w=-]{16,}`,
    String.raw`bk(?:ua|at)_\w{16,}`,
    String.raw`CCIP(?:AT|RJ)_[\w-]{16,}`,
  ],
  ...[
    String.raw`sq[apu]_[a-f\d]{40}`,
    String.raw`cio[A-Za-z\d]{32}`,
    String.raw`AKC[a-zA-Z\d]{30,}`,
  ],
  // Chats and mail.
  ...[
    String.raw`xox[abeoprs]-[\w-]{10,}`,
    String.raw`xoxe\.xox[bp]-[\w-]{10,}`,
    String.raw`xapp-[\w-]{10,}`,
  ],
  ...[String.raw`[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{25,}`, String.raw`SG\.[\w-]{16,}\.[\w-]{16,}`],
  ...[String.raw`key-[a-f\d]{32}`, String.raw`xkeysib-[\w-]{20,}`, String.raw`xsmtpsib-[\w-]{20,}`],
  ...[
    String.raw`[a-f\d]{32}-us\d{1,2}`,
    String.raw`\d{8,10}:AA[\w-]{30,}`,
    String.raw`SK[a-f\d]{32}`,
  ],
  // Payment and shops.
  ...[
    String.raw`[sr]k_(?:live|test|prod)_\w{10,}`,
    String.raw`whsec_[\w+/=-]{16,}`,
    String.raw`sq0(?:atp|csp|idp)-[\w-]{16,}`,
  ],
  ...[
    String.raw`EAAA[\w-]{50,}`,
    String.raw`shp(?:at|ca|pa|ss|ua)_\w{16,}`,
    String.raw`FLWSECK[\w-]{16,}`,
  ],
  ...[
    String.raw`EZ[AT]K\w{50,}`,
  ],
  ...[
    String.raw`shippo_(?:live|test)_[a-f\d]{40}`,
    String.raw`access-(?:production|sandbox|development)-[a-f\d-]{36}`,
  ],
  // Watching, tickets, documents.
  ...[
    String.raw`NR(?:AK|JS|II|IQ|RA)-[\w-]{16,}`,
    String.raw`gl(?:c|sa)_[\w=-]{20,}`,
    String.raw`sntr[yus]{2}_[\w=+/-]{16,}`,
  ],
  ...[
    String.raw`hc[aimx]ik_\w{20,}`,
    String.raw`phx_\w{20,}`,
    String.raw`dt0[a-z]\d{2}\.[A-Z\d]{20,}\.[A-Z\d]{20,}`,
  ],
  ...[
    String.raw`lin_(?:api|oauth)_\w{16,}`,
    String.raw`ntn_\w{20,}`,
    String.raw`secret_[A-Za-z\d]{40,}`,
  ],
  ...[
    String.raw`fig[duo]_[\w-]{16,}`,
    String.raw`pat[A-Za-z\d]{14}\.[a-f\d]{40,}`,
    String.raw`PMAK-[a-f\d-]{30,}`,
  ],
  ...[
    String.raw`dp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{16,}`,
    String.raw`hv[sbr]\.[\w-]{16,}`,
    String.raw`pul-[a-f\d]{40}`,
  ],
  ...[
    String.raw`[A-Za-z\d]{14}\.atlasv1\.[\w=-]{30,}`,
    String.raw`CFPAT-[\w-]{30,}`,
    String.raw`rdme_\w{30,}`,
  ],
  // Models.
  ...[
    String.raw`sk-(?=[\w-]{0,200}\d)[\w-]{20,}`,
    String.raw`hf_[A-Za-z\d]{20,}`,
    String.raw`r8_\w{20,}`,
  ],
  ...[
    String.raw`gsk_\w{20,}`,
    String.raw`pplx-\w{20,}`,
    String.raw`xai-\w{20,}`,
    String.raw`AGE-SECRET-KEY-1[A-Z\d]{40,}`,
  ],
];

/** The first four characters of each, fewer where a dot follows or where all that follows is possible. */
export const KEY_PREFIXES: readonly string[] = [
  ...[
    "AKIA",
    "ASIA",
    "ABIA",
    "ACCA",
    "AROA",
    "AIDA",
    "AGPA",
    "AIza",
    "ya29",
    "GOCS",
    "dop_",
    "doo_",
  ],
  ...[
    "dor_",
    "HRKU",
    "fo1_",
    "fm1a",
    "fm1r",
    "fm2_",
    "nfp_",
    "sbp_",
    "sb_s",
    "LTAI",
    "dapi",
    "psca",
  ],
  ...[
    "npg_",
    "tske",
    "ops_",
    "gho_",
    "ghp_",
    "ghs_",
    "ghu_",
    "ghr_",
    "gith",
    "glpa",
    "gldt",
    "glrt",
  ],
  ...[
    "glcb",
    "glpt",
    "glft",
    "glso",
    "glag",
    "glim",
    "GR13",
    "npm_",
    "pypi",
    "ruby",
    "dckr",
    "ATAT",
  ],
  ...[
    "ATCT",
    "ATBB",
    "bkua",
    "bkat",
    "CCIP",
    "sqa_",
    "sqp_",
    "squ_",
    "xapp",
    "xoxe",
    "xoxb",
    "xoxp",
  ],
  ...["xoxa", "xoxo", "xoxr", "xoxs", "SG", "key-", "xkey", "xsmt", "sk_l", "sk_t", "sk_p", "rk_l"],
  ...[
    "rk_t",
    "rk_p",
    "whse",
    "sq0a",
    "sq0c",
    "sq0i",
    "EAAA",
    "shpa",
    "shpc",
    "shpp",
    "shps",
    "shpu",
    "FLWS",
  ],
  ...[
    "acce",
    "EZAK",
    "EZTK",
    "ship",
    "NRAK",
    "NRJS",
    "NRII",
    "NRIQ",
    "NRRA",
    "glc_",
    "glsa",
    "sntr",
  ],
  ...[
    "hcai",
    "hcii",
    "hcmi",
    "hcxi",
    "phx_",
    "dt0c",
    "dt0s",
    "lin_",
    "ntn_",
    "secr",
    "figd",
    "figu",
  ],
  ...["figo", "PMAK", "dp", "hvs", "hvb", "hvr", "pul-", "CFPA", "rdme", "gsk_", "pplx", "xai-"],
  ...["AGE-", "pat", "cio", "oy2", "AKC", "sk-", "hf_", "r8_", "eyJ"],
  ...Array.from("0123456789abcdef", (digit) => `SK${digit}`),
];

const ISSUED_KEY = new RegExp(
  String.raw`(?<![A-Za-z0-9_-](?<!\\[nrt]))(?:${ISSUED.join("|")})`,
  "g",
);
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
