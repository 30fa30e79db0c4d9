/** @jsxImportSource hono/jsx */
import type { JSX } from "hono/jsx";
import type { Level, State } from "../../logging/mod.ts";
import { SEARCH_FORM } from "../desk.ts";
import { ago, type Clock, fullTime } from "./times.ts";

/** Markup whose texts are escaped, as hono/jsx has it. */
export type Html = Markup | Promise<Markup>;
type Markup = string & { isEscaped: true };

/** Content of an element: texts are escaped there. */
export type Child = Html | string | number | boolean | null | undefined | Child[];

/** How long ago; the exact time on hovering. */
export function Moment({ time, clock }: { time: string; clock: Clock }): Html {
  return <time datetime={time} title={fullTime(time, clock)} data-ago>{ago(time, clock)}</time>;
}

export function LevelMark({ level }: { level: Level }): Html {
  return <span class={`level ${level.toLowerCase()}`}>{level}</span>;
}

export function StateMark({ state }: { state: State }): Html {
  return <span class={`state ${state}`}>{state}</span>;
}

/** An input with its label. `wide` takes the room that is left in its row. */
export function Field(
  { label, wide, ...input }: { label: string; wide?: boolean } & JSX.IntrinsicElements["input"],
): Html {
  return (
    <label class={wide ? "field wide" : "field"}>
      <span>{label}</span>
      <input autocomplete="off" spellcheck={false} {...input} />
    </label>
  );
}

/** `form`: the id of a form that stands elsewhere. */
export function Select(
  { name, label, value, options, form }: {
    name: string;
    label: string;
    value: string | undefined;
    options: readonly (readonly [value: string, title: string])[];
    /** Id of the form that it belongs to. Default: the one that it stands in. */
    form?: string;
  },
): Html {
  return (
    <label class="field">
      <span>{label}</span>
      <select name={name} form={form}>
        {options.map(([option, title]) => (
          <option value={option} selected={option === (value ?? "")}>{title}</option>
        ))}
      </select>
    </label>
  );
}

/** Pickers of a page: fields with `form={SEARCH_FORM}`, which belong to the search in the frame. The script applies them at once. */
export function Pickers({ children }: { children: Child }): Html {
  return (
    <div class="pickers">
      {children}
      <button type="submit" form={SEARCH_FORM} data-apply>Apply</button>
    </div>
  );
}

type Link = false | readonly [address: string, title: string];

export function Pager({ first, next }: { first: Link; next: Link }): Html | null {
  if (!first && !next) return null;
  return (
    <nav class="pager" aria-label="Pages">
      {first && <a href={first[0]}>{first[1]}</a>}
      {next && <a href={next[0]} rel="next">{next[1]}</a>}
    </nav>
  );
}

/** In place of an empty list: why it is empty, and what to do next. */
export function Empty({ title, children }: { title: string; children?: Child }): Html {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** The title of a page, what it shows in a sentence, and what can be done there. */
export function PageHead(
  { title, says, children }: { title: string; says?: Child; children?: Child },
): Html {
  return (
    <header class="page-head">
      <h1>{title}</h1>
      {says && <p class="soft">{says}</p>}
      {children && <div class="ways">{children}</div>}
    </header>
  );
}

/** What the page waits for. The script fills it in; without it a link looks again. */
export function Waiting({ children }: { children: Child }): Html {
  return (
    <span class="waiting">
      <span class="pulse" aria-hidden="true"></span>
      {children}
    </span>
  );
}

export function Panel(
  { title, hint, place, children }: {
    title: string;
    hint?: Child;
    /** Where it goes when there is one column only. */
    place?: "first" | "actions";
    children: Child;
  },
): Html {
  return (
    <section class={place === undefined ? "panel" : `panel ${place}`}>
      <h2>
        {title} {hint && <span class="hint">{hint}</span>}
      </h2>
      {children}
    </section>
  );
}

/** Content that opens with a click. */
export function Fold({ title, children }: { title: string; children: Child }): Html {
  return (
    <details>
      <summary>{title}</summary>
      <div class="inner">{children}</div>
    </details>
  );
}

/** A text of any length, which scrolls. */
export function TextBox({ text, dir = "ltr" }: { text: string; dir?: "ltr" | "auto" }): Html {
  return <pre class="text" dir={dir} tabindex={0}>{text}</pre>;
}

/** A text to copy that stands open: with one click, or by hand without script. */
export function CopyText({ label, text }: { label: string; text: string }): Html {
  const shown = text.replace(/\n$/, "");
  return (
    <div class="copytext">
      <label class="field">
        <span>{label}</span>
        <textarea readonly rows={shown.split("\n").length} spellcheck={false}>{shown}</textarea>
      </label>
      <button type="button" data-copy hidden>Copy</button>
    </div>
  );
}

/** A text to copy: with one click, or by hand without script. */
export function Copy({ title, text }: { title: string; text: string }): Html {
  return (
    <details class="copy">
      <summary>{title}</summary>
      <div>
        <textarea readonly rows={8} spellcheck={false} aria-label={title}>{text}</textarea>
        <button type="button" data-copy hidden>Copy</button>
      </div>
    </details>
  );
}
