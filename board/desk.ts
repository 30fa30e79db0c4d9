/** What every page is made with, and what it gives. */
import type { Logging } from "../logging/mod.ts";
import type { Looking } from "./access/gate.tsx";
import type { BoardOptions } from "./board.ts";
import type { Delivery } from "./frame/facts.ts";
import type { Section } from "./frame/header.tsx";
import type { PageProps } from "./layout.tsx";
import type { Html } from "./parts/parts.tsx";

/** What is asked for the content of pages. */
export interface Desk {
  readonly options: BoardOptions;
  readonly logging: Logging;
  readonly store: Logging["store"];
  /** How the log is delivered just now. */
  delivery(): Promise<Delivery>;
}

/** What the frame's search asks. The page's own pickers belong to the same form: they have `form={SEARCH_FORM}`. */
export interface SearchFrame {
  /** The page that it leads to. */
  action: "/board" | "/board/logs" | "/board/overview" | "/board/releases";
  /** `errors`, `logs`. */
  what: string;
  q: string;
  /** The chosen service; empty: all. */
  svc_name: string;
  /** What stands behind the name of a service, and what it counts. */
  counts?: { byService: ReadonlyMap<string, number>; what: string };
  /** Names of fields that narrow it. */
  fields: readonly string[];
}

/** Id of the form in the frame. */
export const SEARCH_FORM = "search";

/** A page without its frame. */
export interface Sheet
  extends Pick<PageProps, "title" | "styles" | "isLive" | "refreshSeconds" | "list"> {
  section?: Section;
  content: Html;
  /** Default: a search for errors. */
  search?: SearchFrame;
}

/** Reads what a page shows. An answer in place of a sheet leads elsewhere. The caller records what is thrown. */
export type ReadSheet = (
  desk: Desk,
  parameters: URLSearchParams,
  looking: Looking,
) => Promise<Sheet | Response>;
