/**
 * Which names hold secrets.
 *
 * @module
 */

/**
 * Names whose values are masked. They must match as a whole, without regard to case, with `_`, `-`, a
 * space or nothing between their words: `api_key` is `API-Key` and `apiKey` too, but not `api_key_id`. In
 * the name of a form's field, `user[api_key]` or `user.api_key`, the last part counts.
 *
 * Where the list comes from: the request and response headers that carry credentials (RFC 9110, RFC
 * 6265, and the `X-…` forms in wide use), the parameters of OAuth 2.0 and OpenID Connect (RFC 6749, 7521,
 * 7636), what PCI DSS 3.3 forbids to keep of a card, and the field names that web frameworks give to
 * passwords, sessions and anti-forgery tokens. Left out with care: `pin`, `key`, `code`, `auth`, `id`,
 * `state`, `email`, which mostly name harmless things.
 */
export const SENSITIVE_NAMES: readonly string[] = [
  // Passwords.
  ...["password", "passwd", "pwd", "passphrase", "pass_phrase", "pgpassword", "db_password"],
  ...["user_password", "new_password", "old_password", "current_password", "confirm_password"],
  ...["password_confirmation", "password_confirm", "repeat_password", "password_hash"],
  // Headers.
  ...["authorization", "proxy_authorization", "cookie", "cookies", "set_cookie", "set_cookie2"],
  ...["x_api_key", "x_auth_token", "x_access_token", "x_csrf_token", "x_xsrf_token"],
  ...["x_amz_security_token", "x_amz_signature"],
  // Tokens.
  ...["token", "tokens", "access_token", "refresh_token", "id_token", "auth_token", "bearer_token"],
  ...["session_token", "csrf_token", "xsrf_token", "csrf", "xsrf", "csrfmiddlewaretoken", "jwt"],
  ...["authenticity_token", "api_token", "reset_token", "verification_token", "device_token"],
  ...["operator_token", "oauth_token", "oauth_verifier", "client_assertion", "code_verifier"],
  ...["security_token"],
  // Sessions.
  ...["session", "session_id", "sessid", "phpsessid", "jsessionid", "connect.sid"],
  // Secrets and keys.
  ...["secret", "secrets", "client_secret", "oauth_token_secret", "webhook_secret", "jwt_secret"],
  ...["secret_key", "secret_access_key", "aws_secret_access_key", "access_key", "api_key"],
  ...["api_keys", "api_secret", "app_secret", "intake_key", "intake_keys", "private_key"],
  ...["encryption_key", "signing_key", "credential", "credentials"],
  // One-time codes.
  ...["otp", "totp", "one_time_password", "mfa_code", "otp_code"],
  // Cards and people.
  ...["credit_card", "credit_card_number", "card_number", "cc_number", "cvv", "cvv2", "cvc"],
  ...["cvc2", "card_cvv", "card_cvc", "card_security_code", "ssn", "social_security_number"],
];

/** Names seen once are remembered; a client that invents names must not fill the memory. */
const MAX_REMEMBERED_NAMES = 5_000;
/** Longer names are never looked up: with all that a form puts before them, none on the list is. */
const MAX_NAME_CHARS = 200;

/** Tells whether a name is on the list. Remembers its answers: names come again and again. */
export function createNameTest(names: readonly string[]): (name: string) => boolean {
  const sensitive = new Set(names.map(normalised));
  const answers = new Map<string, boolean>();
  return (name) => {
    const known = answers.get(name);
    if (known !== undefined) return known;
    if (name.length > MAX_NAME_CHARS) return false;
    if (answers.size >= MAX_REMEMBERED_NAMES) answers.clear();
    const answer = sensitive.has(normalised(name)) || sensitive.has(normalised(leafOf(name)));
    answers.set(name, answer);
    return answer;
  };
}

/** A form's name for a field of a field ends in the field's own: `password` in `user[password]` and `user.password[0]`. */
function leafOf(name: string): string {
  if (!/[[.]/.test(name)) return name;
  return name.split(/[[\].]+/).findLast((part) => part !== "" && !/^\d+$/.test(part)) ?? name;
}

function normalised(name: string): string {
  return name.toLowerCase().replace(/[-_ ]/g, "");
}

/** Source of an expression that finds any of the names in running text; the longest come first. */
export function namePattern(names: readonly string[]): string {
  const byLength = [...new Set(names)].sort((a, b) => b.length - a.length);
  return byLength.map((name) => name.split(/[-_ ]/).map(escaped).join("[-_ ]?")).join("|");
}

function escaped(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
