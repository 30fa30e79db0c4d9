const OWN = "/board";
/** Browsers read an address that begins with two slashes as another host. */
const LEADING_SLASHES = /^\/+/;
const TRAILING_SLASHES = /\/+$/;
/** An address in an attribute. No recorded text can look like one: pages escape its quotes. */
const ADDRESSES = /(?<= (?:href|(?:form)?action|src|data-stream|data-watch)=")\/board(["/?])/g;

export interface MountOptions {
  /** The path the board stands at, as a browser writes it: `/board`, `/admin/errors`, `/ops/a%20b/board`. */
  at: string;
  /** The address people use. A proxy takes the path in it off before a request reaches us. */
  publicUrl?: string;
}

/**
 * Where the board stands. Pages write addresses as if it stood at `/board`, and this translates them: so no page has to know.
 */
export class Mount {
  readonly #at: string;
  readonly #shown: string;

  constructor({ at, publicUrl }: MountOptions) {
    this.#at = at.replace(TRAILING_SLASHES, "");
    const prefix = publicUrl === undefined ? "" : new URL(publicUrl).pathname;
    const shown = prefix.replace(TRAILING_SLASHES, "") + this.#at;
    this.#shown = shown.replace(LEADING_SLASHES, "/");
  }

  /** The request as if the board stood at `/board`. Without the body, which is read where it arrives. */
  inward(request: Request): Request {
    if (this.#at === OWN) return request;
    const url = new URL(request.url);
    url.pathname = OWN + url.pathname.slice(this.#at.length);
    return new Request(url, { method: request.method, headers: request.headers });
  }

  /** The answer with addresses as the browser has to ask for them. */
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
