/**
 * The list of what names of secrets end in.
 *
 * Where it comes from: the request and response headers that carry credentials (RFC 9110, RFC 6265, and the `X-…` forms in
 * wide use), the parameters of OAuth 2.0 and OpenID Connect (RFC 6749, 7521, 7636), what PCI DSS 3.3 forbids to keep of a card,
 * the variables by which databases, clouds and services take their keys, and the names that web frameworks give to
 * passwords, sessions and anti-forgery tokens.
 *
 * @module
 */
import type { NameKind } from "./sensitive.ts";

const SECRET_NAMES: readonly string[] = [
  // Passwords.
  ...list(
    "password, passwords, passwd, passphrase, passcode, pgpassword, kennwort, passwort, " +
      "password hash, password digest, password salt, password confirmation, password confirm, " +
      "password repeat, password again, password check, requirepass, pw, pgpass, dbpw, userpw, " +
      "decryption key, enc key, priv key, symmetric key, tls key, gpg key, wallet key, " +
      "merchant key, cookie key, transfer key, passkey, pw hash, pwd hash, pass hash, hash pass, " +
      "security answer, secret answer, secret word, memorable word, community string, " +
      "snmp community, captcha response, recaptcha response, psk, masterauth, storepass, dbpass, " +
      "userpass, smtppass, mailpass, ftppass, sshpass, mysqlpass, rootpass, adminpass, sqlpass, " +
      "keypass, dbpwd, userpwd, mysqlpwd, adminpwd",
  ),
  // Headers.
  ...list("authorization, authorization header, auth header, cookie, cookies, cookie header"),
  // Tokens. The plural stands under `tokens`.
  ...list(
    "token, auth token, csrf, xsrf, jwt, oauth verifier, assertion, code verifier, " +
      "saml response, saml assertion, id token hint, token secret",
  ),
  // Sessions. `JFrog` is two words.
  ...list(
    "session id, session key, sessid, phpsessid, jsessionid, connect sid, session cookie, " +
      "session ticket, auth ticket, jfrog art api, frog art api, amz signature",
  ),
  // Secrets and keys.
  ...list(
    "secret, secrets, secret key base, api key, api keys, secret key, secret keys, " +
      "private key, private keys, access key, access keys, shared key, account key, " +
      "encryption key, signing key, master key, license key, role key, service key, auth key, " +
      "app key, deploy key, ssh key, admin key, subscription key, functions key, hmac key, " +
      "aes key, rsa key, jwt key, intake key, intake keys, sentry key, integration key, " +
      "recovery key, crypto key, cipher key, security key, webhook key, write key, ingest key, " +
      "ingestion key, backup key, private key pem, ssh private key, signature key, seed phrase, " +
      "mnemonic, recovery phrase",
  ),
  // One-time codes.
  ...list(
    "otp, totp, mfa code, otp code, totp code, verification code, factor code, tfa code, " +
      "reset code, unlock code, activation code, pairing code, fa code, auth code, " +
      "authorization code, security code, sms code, recovery code, recovery codes, backup code, " +
      "backup codes, device code",
  ),
  // Cards and people.
  ...list(
    "credit card, credit card number, card number, card no, cvv, cvc, card cvv, card code, " +
      "ssn, social security number, iban, bank account number",
  ),
];

/** A secret only where it is the whole name, as in the answers of OAuth: `error_code` and the like are everywhere. */
export const LONE_NAME = "code";

/** What names end in, by what that says of their values. Spaces part the words. */
export const SENSITIVE_NAMES: {
  readonly [Kind in Exclude<NameKind, "plain" | "own">]: readonly string[];
} = {
  secret: SECRET_NAMES,
  tokens: ["tokens"],
  // The working folder of a shell is in $PWD, the file of a cloud's credentials in …_CREDENTIALS.
  located: ["pwd", "oldpwd", "credential", "credentials", "creds"],
  pass: ["pass"],
  pin: ["pin", "pin code", "pins"],
  opaque: list(
    "auth, basic auth, authentication, session, sid, sig, signature, hmac, bearer, nonce, salt, pat, " +
      "sk, secret id, kek, dek, verifier, challenge response, webhook, webhook url, dsn, seed",
  ),
  random: ["key", "keys", LONE_NAME],
  value: ["value", "val", "v", "parameter value", "input", "received", "option value"],
};

/** Every entry, without the spaces between its words. */
export const KINDS: ReadonlyMap<string, NameKind> = new Map(
  Object.entries(SENSITIVE_NAMES).flatMap(([kind, names]) =>
    names.map((name): [string, NameKind] => [name.replaceAll(" ", ""), kind as NameKind])
  ),
);

/** One word of each entry at least: a text without any of them has no name that is on the list. */
export const TELLING_WORDS: ReadonlySet<string> = new Set(tellingWords());

function tellingWords(): string[] {
  // A `value` is told by the name beside it, which is a text like any other.
  const { value: _, ...names } = SENSITIVE_NAMES;
  const entries = Object.values(names).flat().map((name) =>
    name.split(" ").filter((word) => word !== LONE_NAME)
  );
  const single = entries.filter((words) => words.length === 1).flat();
  const others = entries.filter((words) => !words.some((word) => single.includes(word)));
  return [...single, ...others.flatMap(([first]) => first ?? []), LONE_NAME];
}

/** Entries that are recognised at the end of a longer word: `dbpassword`, `csrfmiddlewaretoken`. */
export const GLUED_SUFFIXES: readonly string[] = list(
  "password, passwd, passphrase, passcode, token, tokens, secret, secrets, cookie, cookies, apikey, " +
    "apikeys, secretkey, privatekey, accesskey, credentials, authorization, sessionid, sessid",
);

/** What may follow the telling words and changes nothing. */
export const QUALIFIERS: ReadonlySet<string> = new Set(
  ("value raw plain plaintext text base64 b64 encoded encrypted prod production staging stage live dev development test sandbox " +
    "old new current previous prev next primary secondary default v").split(" "),
);

/** Before `key`, `code` and the like: names of what is no secret, however random it looks. */
export const PLAIN_KEYS: ReadonlySet<string> = new Set(
  ("cache primary foreign sort partition public pub object idempotency routing translation message lookup hash range row unique " +
    "natural group item entity record field lock job queue topic event dedup dedupe deduplication file image asset config " +
    "feature flag issue project tenant host known shard error status country currency zip postal promo coupon discount exit " +
    "language lang region area dial product source reason response http call account conversation next " +
    "method function type commit etag checksum react component map i18n s3 index label route column parent child display theme menu " +
    "category epic metric tag attribute property setting value left right node link tree chart step sheet cell")
    .split(" "),
);

/** Before `pass`: tickets and rounds. */
export const PLAIN_PASSES: ReadonlySet<string> = new Set(
  "boarding day season first second third multi single high low band all ski bus visitor render by test tests"
    .split(" "),
);

function list(names: string): string[] {
  return names.split(", ");
}
