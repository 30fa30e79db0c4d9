/** Reads a body as what its module wants: JSON, a form, a text or bytes. */
import type { HonoContext } from "../modules/hono.ts";
import { Failure } from "../modules/failure.ts";
import { quoted } from "../modules/issues.ts";
import type { BodyKind } from "../modules/module.ts";
import { type BodyLimits, decodeBody, parseBody, readBody, readBodyBytes } from "./body.ts";

const FORM_TYPES = /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\s*(?:;|$)/i;

/** RFC 2046, 5.1.1. */
const BOUNDARY = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;]{1,70}))/i;
const latin1 = new TextDecoder("latin1");

/** How much, how long, and what the log gets of it. */
export interface ReadOptions extends BodyLimits {
  /** Gets JSON or text, as soon as it is there; of files and bytes only their size. */
  record: (input: string) => void;
  parse: (text: string) => unknown;
}

/** The body as its module wants it. @throws {Failure} `media_type`, `too_large`, `slow_body` or `malformed`. */
export async function readBodyAs(
  kind: BodyKind,
  c: HonoContext,
  { record, parse, ...limits }: ReadOptions,
): Promise<unknown> {
  const request = await unread(c);
  switch (kind) {
    case "json": {
      const text = await readBody(request, limits);
      record(text);
      return parseBody(text, parse);
    }
    case "text": {
      const text = decodeBody(await readBodyBytes(request, limits));
      record(text);
      return text;
    }
    case "bytes": {
      const bytes = await readBodyBytes(request, limits);
      record(JSON.stringify(`${bytes.length} bytes`));
      return bytes;
    }
    case "form": {
      const form = await readForm(request, limits);
      record(JSON.stringify(form, sizeOfFile));
      return form;
    }
  }
}

/** The request with its body. Middleware may have read that already: Hono keeps it. */
export async function unread({ req }: HonoContext): Promise<Request> {
  if (!req.raw.bodyUsed) return req.raw;
  const { url, method, headers } = req.raw;
  return new Request(url, { method, headers, body: await req.arrayBuffer() });
}

type Form = Record<string, FormDataEntryValue | FormDataEntryValue[]>;

async function readForm(request: Request, limits: BodyLimits): Promise<Form> {
  const type = request.headers.get("content-type") ?? "";
  if (!FORM_TYPES.test(type)) {
    const got = type === "" ? "no type" : quoted(type);
    throw new Failure(
      "media_type",
      `the body must be a form (application/x-www-form-urlencoded or multipart/form-data), got ${got}`,
    );
  }
  const bytes = await readBodyBytes(request, limits);
  // Keys come from strangers: none may name a part of a prototype.
  const form: Form = Object.create(null);
  for (const [name, value] of await entriesOf(bytes, type)) {
    const earlier = form[name];
    if (earlier === undefined) form[name] = value;
    else if (Array.isArray(earlier)) earlier.push(value);
    else form[name] = [earlier, value];
  }
  return form;
}

async function entriesOf(bytes: Uint8Array, type: string): Promise<FormData> {
  // The runtime gives what it finds of a multipart body that has no end.
  const [, inQuotes, plain] = BOUNDARY.exec(type) ?? [];
  const end = `--${inQuotes ?? plain}--`;
  if (type.toLowerCase().startsWith("multipart") && !latin1.decode(bytes).includes(end)) {
    throw new Failure("malformed", `the form is incomplete: it does not end with ${quoted(end)}`);
  }
  try {
    const body = bytes as Uint8Array<ArrayBuffer>;
    return await new Response(body, { headers: { "content-type": type } }).formData();
  } catch (cause) {
    throw new Failure("malformed", "the body is not a form", { cause });
  }
}

/** For `JSON.stringify`: of a file its name, type and size. */
function sizeOfFile(_key: string, value: unknown): unknown {
  if (!(value instanceof File)) return value;
  return { file: value.name, type: value.type, size: value.size };
}
