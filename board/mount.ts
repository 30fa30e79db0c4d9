/**
 * Where the board stands. It writes its addresses as if it stood at `/board`, and here they are translated: so no page has to
 * know.
 *
 * @module
 */

/** Where the board's own addresses begin. */
const OWN = "/board";
/** An address in one of the attributes that lead somewhere; nothing that a stranger wrote has an unescaped quote in a page. */
const ADDRESSES = /(?<= (?:href|action|src|data-stream)=")\/board(?=["/?])/g;

/** What a mount is made from. */
export interface MountOptions {
  /** The path the board was put at: `/board`, `/admin/errors`. */
  at: string;
  /** The address people use. A proxy takes the path in it off before a request reaches us. */
  publicUrl: string | undefined;
}

/** Translates between the board's own addresses and those of its place. */
export class Mount {
  readonly #at: string;
  readonly #shown: string;

  /** Nothing has to be translated for `/board` without a prefix. */
  constructor({ at, publicUrl }: MountOptions) {
    this.#at = at.replace(/\/+$/, "");
    const prefix = publicUrl === undefined ? "" : new URL(publicUrl).pathname.replace(/\/+$/, "");
    this.#shown = prefix + this.#at;
  }

  /** The request as if the board stood at its own place. */
  inward(request: Request): Request {
    if (this.#at === OWN) return request;
    const url = new URL(request.url);
    url.pathname = OWN + url.pathname.slice(this.#at.length);
    return new Request(url, request);
  }

  /** The answer as it is to be read by who asked. */
  async outward(response: Response): Promise<Response> {
    if (this.#shown === OWN) return response;
    const location = response.headers.get("location");
    if (location !== null) response.headers.set("location", this.#translated(location));
    if (!response.headers.get("content-type")?.startsWith("text/html")) return response;
    const html = await response.text();
    return new Response(html.replace(ADDRESSES, () => this.#shown), response);
  }

  #translated(location: string): string {
    const isOwn = location === OWN || location.startsWith(`${OWN}/`) ||
      location.startsWith(`${OWN}?`);
    return isOwn ? this.#shown + location.slice(OWN.length) : location;
  }
}
