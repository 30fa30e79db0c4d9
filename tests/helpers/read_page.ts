/** Attributes whose value leads somewhere, of any element. */
const LEADING = ["href", "src", "action", "formaction", "data", "poster", "srcset", "ping", "cite"];
const ELEMENT = /<([a-z0-9]+)((?:\s+[a-zA-Z_:-]+(?:="[^"]*")?)*)\s*\/?>/g;
const ATTRIBUTE = /([a-zA-Z_:-]+)(?:="([^"]*)")?/g;
const ENTITIES = { amp: "&", quot: '"', "#39": "'", lt: "<", gt: ">" } as const;

/** A form as a browser would send it when nothing is typed. */
export interface PageForm {
  /** Where it is sent. */
  action: string;
  /** `get` or `post`. */
  method: string;
  /** Fields with a value, and the first option of each list. */
  fields: [name: string, value: string][];
  /** One for each button with a name. */
  buttons: [name: string, value: string][];
}

/** What a page of HTML leads to. */
export interface ReadPage {
  /** Values of the attributes that lead to another page, and of any other that begins with a slash but is no field's value. */
  addresses: string[];
  /** All forms. */
  forms: PageForm[];
  /** All that is text, as a person reads it. */
  text: string;
}

/** Reads a page whose every text is escaped: a quote or a bracket that is not is the page's own. */
export function readPage(html: string): ReadPage {
  const addresses = elementsOf(html).flatMap(({ attributes }) =>
    [...attributes].filter(([name, value]) =>
      LEADING.includes(name) || (value.startsWith("/") && name !== "value")
    ).map(([, value]) => value).filter((value) => !value.startsWith("#"))
  );
  return {
    addresses,
    forms: [...html.matchAll(/<form[\s\S]*?<\/form>/g)].map(([form]) => readForm(form)),
    text: unescape(html.replaceAll(ELEMENT, "").replaceAll(/<\/[a-z0-9]+>/g, "")),
  };
}

function readForm(html: string): PageForm {
  const [form, ...rest] = elementsOf(html);
  const fields: PageForm["fields"] = [];
  const buttons: PageForm["buttons"] = [];
  let select: string | undefined;
  for (const { tag, attributes } of rest) {
    const name = attributes.get("name");
    const value = attributes.get("value") ?? "";
    if (tag === "select") select = name;
    if (tag === "option" && select !== undefined) {
      fields.push([select, value]);
      select = undefined;
    }
    if (name === undefined) continue;
    if (tag === "input" && attributes.get("type") !== "checkbox") fields.push([name, value]);
    if (tag === "button") buttons.push([name, value]);
  }
  return {
    action: form!.attributes.get("action") ?? "",
    method: form!.attributes.get("method") ?? "get",
    fields,
    buttons,
  };
}

function elementsOf(html: string): { tag: string; attributes: Map<string, string> }[] {
  return Array.from(html.matchAll(ELEMENT), ([, tag, attributes]) => ({
    tag: tag!,
    attributes: new Map(
      Array.from(
        attributes!.matchAll(ATTRIBUTE),
        ([, name, value]) => [name!, unescape(value ?? "")],
      ),
    ),
  }));
}

function unescape(text: string): string {
  return text.replace(
    /&(amp|quot|#39|lt|gt);/g,
    (_, name: keyof typeof ENTITIES) => ENTITIES[name],
  );
}
