/**
 * What another service does with a failure. It is one POST, in any language, and imports nothing.
 *
 * @module
 */

const REPORT_TIMEOUT_MS = 2_000;

/** Where reports go. */
export interface Reporter {
  /** The service's address: `http://127.0.0.1:8000`. */
  url: string;
  /** The key that this service was given. */
  key: string;
}

/** Reports a failure; gives its receipt. A service that fails must not fail once more for this: it never rejects. */
export async function report(
  error: Error,
  { url, key }: Reporter,
): Promise<string | undefined> {
  try {
    const response = await fetch(`${url}/errors`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({
        svc_name: "billing",
        error: { type: error.name, message: error.message, stack: error.stack },
      }),
      signal: AbortSignal.timeout(REPORT_TIMEOUT_MS),
    });
    const { content } = await response.json();
    return response.ok ? content.ids[0] : undefined;
  } catch {
    return undefined;
  }
}
