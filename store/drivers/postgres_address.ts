/** A `postgres://` URL, checked, and what of it may be shown. */

export interface Address {
  /** For the driver: it holds the password. */
  url: string;
  /** For people: scheme, host, port and database, nothing secret. */
  label: string;
  /** What must not appear in any message. */
  secrets: readonly string[];
}

/** https://www.postgresql.org/docs/current/libpq-ssl.html, and the driver's own `no-verify`. */
const SSL_MODES = ["disable", "prefer", "require", "verify-ca", "verify-full", "no-verify"];

/**
 * Reads an address.
 *
 * @throws {Error} one sentence that says what is wrong and repeats nothing secret.
 */
export function readAddress(url: string): Address {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  // A password ends at "#", "?" or "/": its beginning would be the port, its rest the database's name, and both shown.
  const isTorn = parsed !== undefined &&
    (parsed.hash !== "" || parsed.pathname.includes("@") || parsed.search.includes("@"));
  if (parsed === undefined || isTorn || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw new Error(
      "STORE_URL is not a PostgreSQL address. It must be postgres://USER:PASSWORD@HOST:PORT/DATABASE; " +
        "special characters in the password are written as %XX",
    );
  }
  const mode = parsed.searchParams.get("sslmode");
  if (mode !== null && !SSL_MODES.includes(mode)) {
    throw new Error(`sslmode in STORE_URL must be ${SSL_MODES.join(", ")}; it is another word`);
  }
  const password = parsed.searchParams.get("password") ?? parsed.password;
  const host = parsed.searchParams.get("host") ?? parsed.hostname;
  const port = parsed.port === "" ? "" : `:${parsed.port}`;
  return {
    url,
    label: `postgres://${host}${port}${parsed.pathname}`,
    secrets: [password, decoded(password)].filter((secret) => secret !== ""),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
