/** @jsxImportSource hono/jsx */
/** The parts of an error's page, each with a heading that a link in the page leads to. */
import type { Child, Html } from "../parts/parts.tsx";

export interface Section {
  /** In the address. */
  id: string;
  title: string;
  /** In the row of links. Default: the title. */
  short?: string;
  hint?: Child;
  /** Its content has the title. */
  isTitled?: boolean;
  content: Child;
}

/** Sections that there is nothing to say in are null. */
export function present(sections: readonly (Section | null)[]): Section[] {
  return sections.filter((section) => section !== null);
}

export function Sections({ sections }: { sections: readonly Section[] }): Html {
  return (
    <>
      {sections.map(({ id, title, hint, isTitled, content }) => (
        <section class="sect" id={id}>
          {!isTitled && (
            <h2>
              {title} {hint && <span class="hint">{hint}</span>}
            </h2>
          )}
          {content}
        </section>
      ))}
    </>
  );
}

/** Leads to each of them. */
export function SectionNav({ sections }: { sections: readonly Section[] }): Html {
  return (
    <nav class="sects" aria-label="On this page">
      {sections.map(({ id, title, short = title }) => <a href={`#${id}`}>{short}</a>)}
    </nav>
  );
}
