/** @jsxImportSource hono/jsx */
import { isObject } from "../../store/is_object.ts";
import { type Breadcrumb, type LogRecord, stackText } from "../../logging/mod.ts";
import { type Html, LevelMark, TextBox } from "../parts/parts.tsx";
import { plain, plainLine, plainValue } from "../parts/plain.ts";
import { type Clock, clockTime, counted, fullTime } from "../parts/times.ts";
import { Values } from "../parts/values.tsx";

/** A longer message gets a box that scrolls. */
const MAX_INLINE_CHARS = 300;
/** Of the message and of each value of a step: there are many. The record in the log has the rest. */
const MAX_STEP_CHARS = 150;
/** Of each value that has no field of its own. */
const MAX_OTHER_CHARS = 400;
/** Steps that are open; those before them open with a click. */
const MAX_OPEN = 20;
/** Levels that say nothing of a step: most have one of them. */
const USUAL_LEVELS = ["DEBUG", "INFO"];

/** What happened before: the steps that the client remembered, the newest last. */
export function Before(
  { breadcrumbs, clock }: { breadcrumbs: readonly Breadcrumb[]; clock: Clock },
): Html {
  const earlier = breadcrumbs.slice(0, -MAX_OPEN);
  return (
    <>
      {earlier.length > 0 && (
        <details>
          <summary class="soft">{counted(earlier.length, "earlier step")}</summary>
          <Steps breadcrumbs={earlier} clock={clock} />
        </details>
      )}
      <Steps breadcrumbs={breadcrumbs.slice(-MAX_OPEN)} clock={clock} />
    </>
  );
}

function Steps({ breadcrumbs, clock }: { breadcrumbs: readonly Breadcrumb[]; clock: Clock }) {
  return (
    <ol class="rows before">
      {breadcrumbs.map((breadcrumb) => <Step {...breadcrumb} clock={clock} />)}
    </ol>
  );
}

function Step({ time, category, level, message, data, clock }: Breadcrumb & { clock: Clock }) {
  return (
    <li>
      <div class="meta">
        {time !== undefined && (
          <time datetime={time} title={fullTime(time, clock)}>{clockTime(time, clock)}</time>
        )}
        {category !== undefined && <bdi>{plainLine(category, 80)}</bdi>}
        {level !== undefined && !USUAL_LEVELS.includes(level) && <LevelMark level={level} />}
      </div>
      {message !== undefined && <Message text={plain(message, MAX_STEP_CHARS)} />}
      {data !== undefined && <Values values={data} maxChars={MAX_STEP_CHARS} />}
    </li>
  );
}

function Message({ text }: { text: string }) {
  if (text.length <= MAX_INLINE_CHARS) return <p dir="auto">{text}</p>;
  return <pre dir="auto" tabindex={0} aria-label="Message">{text}</pre>;
}

/** All that a record has beside its fields, but for {@linkcode Threads}: what clients call contexts first, each by itself. */
export function Others({ attrs }: { attrs: NonNullable<LogRecord["attrs"]> }): Html {
  const { contexts, threads: _threads, ...others } = attrs;
  const named = Object.entries(
    isObject(contexts) ? contexts : contexts === undefined ? {} : { contexts },
  ).filter(([, context]) => !isObject(context) || Object.keys(context).length > 0);
  return (
    <>
      {named.length > 0 && (
        <>
          <h3>Contexts</h3>
          {named.map(([name, context]) => {
            const title = plainLine(name, 80);
            return isObject(context)
              ? <Values title={title} values={context} maxChars={MAX_OTHER_CHARS} />
              : <Values title={title} values={{ [name]: context }} maxChars={MAX_OTHER_CHARS} />;
          })}
        </>
      )}
      {Object.keys(others).length > 0 && (
        <Values title="Attributes" values={others} maxChars={MAX_OTHER_CHARS} />
      )}
    </>
  );
}

/** Stacks of threads. A message without an error has its stack here. */
export function Threads({ threads }: { threads: unknown }): Html {
  const all = Array.isArray(threads) ? threads : [threads];
  return (
    <>
      {all.length > 1 && <h3>Threads</h3>}
      {all.map((thread) => <Thread thread={thread} />)}
    </>
  );
}

function Thread({ thread }: { thread: unknown }) {
  const { name, id, frames } = isObject(thread) ? thread : { name: thread };
  const title = [name, id].find((text) => typeof text === "string" && text !== "");
  const isReadable = Array.isArray(frames) && frames.every(isObject);
  const stack = isReadable && stackText({ type: "", message: "", frames });
  return (
    <>
      {title !== undefined && <h3 class="hint">{plainLine(String(title), 80)}</h3>}
      {stack
        ? <TextBox text={plain(stack.slice(stack.indexOf("\n") + 1).replace(/^ {4}/gm, ""))} />
        : <TextBox text={plainValue(thread)} />}
    </>
  );
}
