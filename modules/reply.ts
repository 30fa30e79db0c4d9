/**
 * An answer with a status and headers of its own.
 *
 * @module
 */

/** Statuses whose answers have no body (RFC 9110, 15.3.5, 15.3.6, 15.4.5). */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/** How an answer differs from a plain 200. */
export interface ReplyOptions {
  /** HTTP status, 200 to 599. Default: the module's, or 204 where there is no content. */
  status?: number;
  /** Headers beside those that every answer has; a list sends a header several times. */
  headers?: Readonly<Record<string, string | readonly string[]>>;
}

/** What {@linkcode reply} makes. */
export class Reply {
  /** The envelope's `content`, or a stream; undefined sends no body. */
  readonly content: unknown;
  /** Absent: the module's. */
  readonly status: number | undefined;
  /** Headers beside those that every answer has. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;

  /** See {@linkcode reply}. */
  constructor(content: unknown, { status, headers = {} }: ReplyOptions) {
    if (status !== undefined && !(Number.isInteger(status) && status >= 200 && status <= 599)) {
      throw new RangeError(`The status of a reply must be 200 to 599, got ${status}`);
    }
    this.content = content;
    this.status = status ?? (content === undefined ? 204 : undefined);
    this.headers = headers;
  }
}

/**
 * An answer with a status and headers of its own, for a module's `run` to return.
 *
 * @example
 * ```ts
 * return reply({ id: 7 }, { status: 201, headers: { location: "/orders/7" } });
 * ```
 * @throws {RangeError} for a status that is none.
 */
export function reply(content?: unknown, options: ReplyOptions = {}): Reply {
  return new Reply(content, options);
}

/** Whether answers of this status have no body. */
export function isWithoutBody(status: number): boolean {
  return WITHOUT_BODY.has(status);
}
