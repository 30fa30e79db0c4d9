/** @jsxImportSource hono/jsx */
import { SEARCH_FORM, type SearchFrame } from "../desk.ts";
import { ERROR_FIELDS, fieldsToName } from "../../modules/search.ts";
import { MAX_SEARCH_CHARS } from "../../store/limits.ts";
import type { Html } from "../parts/parts.tsx";
import { plainLine } from "../parts/plain.ts";
import { count } from "../parts/times.ts";

const MAX_NAME_CHARS = 80;
/** What can be typed besides names of fields. */
const WORDS = ["words", '"a phrase"', "-word", "an id"];

/** On pages that say nothing of a search. */
export const ERROR_SEARCH: SearchFrame = {
  action: "/board",
  what: "errors",
  q: "",
  svc_name: "",
  fields: ERROR_FIELDS,
};

/** The search on every page. Pickers of a page belong to the same form; where a page has no words to search, words go to errors. */
export function Search({ search, services }: {
  search: SearchFrame;
  services: readonly string[];
}): Html {
  const { action, what, q, svc_name, fields, counts } = search;
  const names = new Set([...services, svc_name].filter(Boolean));
  const hasWords = action === "/board" || action === "/board/logs";
  const options = [...names].map((name) => {
    const many = counts?.byService.get(name) ?? 0;
    const shown = plainLine(name, MAX_NAME_CHARS);
    return (
      <option value={name} selected={name === svc_name}>
        {many === 0 ? shown : `${shown} (${count(many)})`}
      </option>
    );
  });
  return (
    <form id={SEARCH_FORM} class="find" role="search" method="get" action={action}>
      {names.size > 0 && (
        <select name="svc_name" aria-label="Service">
          <option value="">All services</option>
          {counts === undefined ? options : <optgroup label={counts.what}>{options}</optgroup>}
        </select>
      )}
      <input
        type="search"
        name="q"
        value={q}
        maxlength={MAX_SEARCH_CHARS}
        aria-label={`Search ${what}`}
        placeholder={`Search ${what}: ${
          [...WORDS, fieldsToName(fields)].filter(Boolean).join(", ")
        }`}
        autocomplete="off"
        spellcheck={false}
      />
      <button type="submit" aria-label="Search" {...!hasWords && { formaction: "/board" }}>
        <span>Search</span>
        <svg width="16" height="16" aria-hidden="true">
          <circle cx="7" cy="7" r="5" />
          <path d="m11 11 4 4" />
        </svg>
      </button>
      {!hasWords && names.size > 0 && <button type="submit" data-apply>Apply</button>}
    </form>
  );
}
