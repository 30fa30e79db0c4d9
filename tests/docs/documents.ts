import { ROOT } from "../helpers/start_app.ts";

/** A fenced block of a document. */
export interface Block {
  /** What stands behind the fence: `console`, `ts module greetings`. */
  info: string;
  /** The lines between the fences. */
  text: string;
}

/** The text of a document, by its path from the root. */
export function readDocument(path: string): string {
  return Deno.readTextFileSync(`${ROOT}${path}`);
}

/** All documents: those at the root, those in `docs/`, and that of the examples. */
export function documentPaths(): string[] {
  return [
    ...["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "examples/README.md"],
    ...markdownIn("docs"),
    ...markdownIn("docs/adr"),
  ];
}

function markdownIn(folder: string): string[] {
  return Array.from(Deno.readDirSync(`${ROOT}${folder}`), ({ name }) => `${folder}/${name}`)
    .filter((path) => path.endsWith(".md"));
}

/** The fenced blocks whose info begins with `info`. */
export function blocks(document: string, info: string): Block[] {
  const all = document.matchAll(/^```([^\n]+)\n([^]*?)^```$/gm);
  return Array.from(all, ([, found = "", text = ""]) => ({ info: found, text }))
    .filter((block) => block.info === info || block.info.startsWith(`${info} `));
}

/** The rows of the table whose first column is called `name`, each a list of cells; without its head. */
export function table(document: string, name: string): string[][] {
  const lines = document.split("\n");
  const head = lines.findIndex((line) => cellsOf(line)[0] === name);
  if (head < 0) throw new Error(`No table begins with ${name}`);
  const rows = lines.slice(head + 2);
  const end = rows.findIndex((line) => !line.startsWith("|"));
  return rows.slice(0, end < 0 ? undefined : end).map(cellsOf);
}

function cellsOf(line: string): string[] {
  return line.startsWith("|") ? line.split("|").slice(1, -1).map((cell) => cell.trim()) : [];
}

/** The words in backticks of a cell. */
export function codeIn(cell = ""): string[] {
  return Array.from(cell.matchAll(/`([^`]+)`/g), ([, code = ""]) => code);
}
