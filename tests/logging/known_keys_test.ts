import { assertEquals } from "@std/assert";
import { createTextMask } from "../../logging/redact/mask_text.ts";

const { mask } = createTextMask([]);
const HEX = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const UPPER = "Q7RZ2LMPX4VTYC5KDWB3NHJG6SFA7EUQ2Q7RZ2LMPX4VTYC5KDWB3NHJG6SFA7EUQ2";

/** What issuers put before their keys, by what follows. A key is made of both only when the test runs. */
const BEFORE_HEX = [
  ...[
    "AIza",
    "ya29.",
    "GOCSPX-",
    "dop_v1_",
    "doo_v1_",
    "dor_v1_",
    "HRKU-",
    "fo1_",
    "fm1a_",
    "fm1r_",
  ],
  ...["fm2_", "nfp_", "sbp_", "sb_secret_", "LTAI", "dapi", "pscale_tkn_", "pscale_pw_", "npg_"],
  ...[
    "tskey-auth-",
    "ops_",
    "gho_",
    "ghp_",
    "ghs_",
    "ghu_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "gldt-",
  ],
  ...["glrt-", "glcbt-", "glptt-", "glft-", "glsoat-", "glagent-", "glimt-", "GR1348941", "npm_"],
  ...["pypi-", "rubygems_", "oy2", "dckr_pat_", "ATATT3", "ATCTT3", "ATBB", "bkua_", "CCIPAT_"],
  ...["sqa_", "sqp_", "squ_", "cio", "AKC", "xoxa-", "xoxb-", "xoxe-", "xoxo-", "xoxp-", "xoxr-"],
  ...[
    "xoxs-",
    "xoxe.xoxp-",
    "xapp-",
    "key-",
    "xkeysib-",
    "xsmtpsib-",
    "SK",
    "sk_live_",
    "sk_test_",
  ],
  ...["rk_live_", "rk_test_", "whsec_", "sq0atp-", "sq0csp-", "EAAA", "shpat_", "shpca_", "shppa_"],
  ...["shpss_", "shpua_", "FLWSECK", "EZAK", "EZTK", "shippo_live_", "NRAK-", "NRJS-", "NRII-"],
  ...["glc_", "glsa_", "sntrys_", "sntryu_", "hcaik_", "phx_", "lin_api_", "lin_oauth_", "ntn_"],
  ...["secret_", "figd_", "PMAK-", "dp.pt.", "dp.st.", "hvs.", "hvb.", "hvr.", "pul-", "CFPAT-"],
  ...[
    "rdme_",
    "sk-",
    "sk-proj-",
    "sk-ant-api03-",
    "hf_",
    "r8_",
    "gsk_",
    "pplx-",
    "xai-",
    "12345678:AA",
  ],
  ...["patAbCdEfGhIjKlMn.", "AbCdEfGhIjKlMn.atlasv1.", "SG.abcdefghijklmnopqrst.", "eyJhbGciOiJI."],
  ...["MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ."],
];
const BEFORE_UPPER = ["AKIA", "ASIA", "ABIA", "ACCA", "AROA", "AIDA", "AGPA", "AGE-SECRET-KEY-1"];
const UPPER_CHARS: Readonly<Record<string, number>> = { "AGE-SECRET-KEY-1": 60 };
const AWS_CHARS = 16;

Deno.test("a key of known form leaves the text, wherever it stands", () => {
  const keys = [
    ...BEFORE_HEX.map((before) => before + HEX),
    ...BEFORE_UPPER.map((before) => before + UPPER.slice(0, UPPER_CHARS[before] ?? AWS_CHARS)),
  ];
  // Where the form has a length of its own, what follows is another word: only the beginning is looked for.
  const beginnings = keys.filter((key) => {
    const exact = key.startsWith("dapi") || key.startsWith("key-") || key.startsWith("SK") ||
        key.startsWith("cio")
      ? key.slice(0, key.indexOf(HEX) + 32)
      : key;
    return [`${exact} leaked`, `(${exact})`, `"a":"\\n${exact}"`, `k ${exact}`, exact]
      .some((text) => mask(text).includes(exact.slice(0, exact.length - 4)));
  });
  assertEquals(beginnings, []);
});

Deno.test("words that only begin as keys do stay", () => {
  const words =
    "shipping accelerate secretary rubygem github pypi sk-theme task-force hf_hub npm_config key-value glorious access-control-allow-origin ship-to-address-of-the-customer secret-santa-of-the-year";
  assertEquals(mask(words), words);
});
