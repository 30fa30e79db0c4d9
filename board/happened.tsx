/** @jsxImportSource hono/jsx */
import { type Breadcrumb, type LogRecord, stackText } from "../logging/mod.ts";
import { type Html, LevelMark, Panel, TextBox } from "./parts.tsx";
import { plain, plainLine } from "./plain.ts";
import { clockTime, counted, fullTime } from "./times.ts";
import { Values } from "./values.tsx";

const MAX_SHOWN_CHARS = 1_000;
/** Steps that are open; those before them open with a click. */
const MAX_OPEN = 20;
/** Levels that say nothing of a step: most have one of them. */
const USUAL_LEVELS = ["DEBUG", "INFO"];

/** What happened before: the steps that the client remembered, the newest last. */
export function Before({ breadcrumbs }: { breadcrumbs: readonly Breadcrumb[] }): Html {
  const earlier = breadcrumbs.slice(0, -MAX_OPEN);
  return (
    <Panel title="Before it happened" hint={counted(breadcrumbs.length, "step")}>
      {earlier.length > 0 && (
        <details>
          <summary class="soft">{counted(earlier.length, "earlier step")}</summary>
          <Steps breadcrumbs={earlier} />
        </details>
      )}
      <Steps breadcrumbs={breadcrumbs.slice(-MAX_OPEN)} />
    </Panel>
  );
}

function Steps({ breadcrumbs }: { breadcrumbs: readonly Breadcrumb[] }) {
  return <ol class="rows before">{breadcrumbs.map((breadcrumb) => <Step {...breadcrumb} />)}</ol>;
}

function Step({ time, category, level, message, data }: Breadcrumb) {
  return (
    <li>
      <div class="meta">
        {time !== undefined && <time datetime={time} title={fullTime(time)}>{clockTime(time)}
        </time>}
        {category !== undefined && <bdi>{plainLine(category, 80)}</bdi>}
        {level !== undefined && !USUAL_LEVELS.includes(level) && <LevelMark level={level} />}
      </div>
      {message !== undefined && <p dir="auto">{plain(message, MAX_SHOWN_CHARS)}</p>}
      {data !== undefined && <Values caption="Data" values={data} isCaptionShown={false} />}
    </li>
  );
}

/** All that a record has beside its fields: what clients call contexts first, each in a table of its own. */
export function Others({ attrs }: { attrs: NonNullable<LogRecord["attrs"]> }): Html {
  const { contexts, threads, ...others } = attrs;
  const named = isObject(contexts) ? contexts : contexts === undefined ? {} : { contexts };
  return (
    <>
      {Object.keys(named).length > 0 && (
        <Panel title="Contexts">
          {Object.entries(named).map(([name, context]) => {
            const title = plainLine(name, 80);
            return isObject(context)
              ? <Values caption={title} values={context} />
              : <Values caption={title} values={{ [name]: context }} />;
          })}
        </Panel>
      )}
      {threads !== undefined && <Threads threads={Array.isArray(threads) ? threads : [threads]} />}
      {Object.keys(others).length > 0 && (
        <Panel title="Attributes">
          <Values caption="Attributes" values={others} isCaptionShown={false} />
        </Panel>
      )}
    </>
  );
}

/** A message's stack is that of a thread. */
function Threads({ threads }: { threads: readonly unknown[] }) {
  return (
    <Panel title="Threads">
      {threads.map((thread) => {
        const { name, id, frames, ...others } = isObject(thread) ? thread : { name: thread };
        const title = `Thread ${plainLine(String(name ?? id ?? ""), 80)}`.trim();
        const stack = Array.isArray(frames) && frames.every(isObject)
          ? stackText({ type: title, message: "", frames })
          : undefined;
        return stack === undefined
          ? <Values caption={title} values={{ ...others, ...frames !== undefined && { frames } }} />
          : <TextBox text={plain(stack.replace(/: \n/, "\n"))} />;
      })}
    </Panel>
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
