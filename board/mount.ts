/**
 * Where the board stands. It writes its addresses as if it stood at `/board`, and here they are translated: so no page has to
 * know.
 *
 * @module
 */

/** Where the board's own addresses begin. */
const OWN = "/board";
/** Browsers read an address that begins with two slashes as another host. */
const LEADING_SLASHES = /^\/+/;
const TRAILING_SLASHES = /\/+$/;
/**
 * An address in one of the attributes that lead somewhere. A quote that is not escaped is always one of ours: pages escape every
 * text, so that no text of a stranger can look like one of these.
 */
const ADDRESSES = /(?<= (?:href|action|src|data-stream)=")\/board(["/?])/g;

export interface MountOptions {
  /** The path the board stands at, as a browser writes it: `/board`, `/admin/errors`, `/ops/a%20b/board`. */
  at: string;
  /** The address people use. A proxy takes the path in it off before a request reaches us. */
  publicUrl?: string;
}

/** Translates between the board's own addresses and those of its place. */
export class Mount {
  readonly #at: string;
  readonly #shown: string;

  /** Nothing has to be translated for `/board` without a prefix. */
  constructor({ at, publicUrl }: MountOptions) {
    this.#at = at.replace(TRAILING_SLASHES, "");
    const prefix = publicUrl === undefined ? "" : new URL(publicUrl).pathname;
    const shown = prefix.replace(TRAILING_SLASHES, "") + this.#at;
    this.#shown = shown.replace(LEADING_SLASHES, "/");
  }

  /** The request as if the board stood at its own place. Without the body, which is read where it arrives. */
  inward(request: Request): Request {
    if (this.#at === OWN) return request;
    const url = new URL(request.url);
    url.pathname = OWN + url.pathname.slice(this.#at.length);
    return new Request(url, { method: request.method, headers: request.headers });
  }

  /** The answer as it is to be read by who asked. */
  async outward(response: Response): Promise<Response> {
    if (this.#shown === OWN) return response;
    const location = response.headers.get("location");
    if (location !== null) response.headers.set("location", this.shown(location));
    if (!response.headers.get("content-type")?.startsWith("text/html")) return response;
    const html = await response.text();
    return new Response(this.#translated(html), response);
  }

  /** An address of the board as people use it: `/admin/errors/logs` for `/board/logs`. */
  shown(own: string): string {
    const rest = own.slice(OWN.length);
    if (!own.startsWith(OWN) || !/^(?:$|[/?])/.test(rest)) return own;
    return this.#begin(rest) + rest;
  }

  #translated(html: string): string {
    const escaped = (next: string) => this.#begin(next).replaceAll("&", "&amp;");
    return html.replace(ADDRESSES, (_, next: string) => escaped(next) + next);
  }

  /** At the root of an app nothing is before a path, and a slash is before anything else. */
  #begin(next: string): string {
    return this.#shown === "" && !next.startsWith("/") ? "/" : this.#shown;
  }
}
