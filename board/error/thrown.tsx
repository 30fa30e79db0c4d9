/** @jsxImportSource hono/jsx */
import { type ErrorInfo, type SourceLine, stackText } from "../../logging/mod.ts";
import type { FrameRun, RecordCode } from "./frames.ts";
import { type Html, TextBox } from "../parts/parts.tsx";
import { plain, plainLine } from "../parts/plain.ts";
import { counted } from "../parts/times.ts";
import { Values } from "../parts/values.tsx";

/** Of a line of source and of a variable's value: there are many. The record in the log has the rest. */
const MAX_CHARS = 150;
const MAX_STACK_CHARS = 2_500;

/** One thrown value: the nearest frame of the app's code with its source, then all frames. */
export function Thrown(
  { error, isCause, code }: { error: ErrorInfo; isCause: boolean; code: RecordCode },
): Html {
  const runs = code.runsOf(error);
  const nearest = runs.find((run) => run.isOwn);
  const stack = stackText(error);
  const title = `${plainLine(error.type, 100)}: ${plainLine(error.message, 300)}`;
  return (
    <div class="thrown">
      {isCause && <h3>Caused by</h3>}
      {(isCause || nearest === undefined) && (
        <p class="what">
          <bdi class="code">{title}{error.code && ` (${plainLine(error.code, 60)})`}</bdi>
        </p>
      )}
      <ol class="frames">
        {reordered(runs, nearest).map((run) => (
          <Run run={run} code={code} isNearest={run === nearest} />
        ))}
      </ol>
      {stack === undefined
        ? (
          <p class="soft">
            There is no stack: the thrown value is not an Error, or was reported without one.
          </p>
        )
        : (
          <details>
            <summary class="soft">Raw stack</summary>
            <TextBox text={plain(stack, MAX_STACK_CHARS)} />
          </details>
        )}
    </div>
  );
}

/** The app's code comes first, even where a library threw. */
function reordered(runs: readonly FrameRun[], nearest: FrameRun | undefined): readonly FrameRun[] {
  const [above, , below, ...rest] = runs;
  if (nearest === undefined || above === undefined || above === nearest) return runs;
  // Library frames above and below it: one fold.
  const frames = [...above.frames, ...below?.frames ?? []];
  return [nearest, { isOwn: false, frames }, ...rest];
}

function Run(
  { run, code, isNearest }: { run: FrameRun; code: RecordCode; isNearest: boolean },
) {
  if (!run.isOwn) {
    return (
      <li>
        <details class="library">
          <summary>{counted(run.frames.length, "library frame")}</summary>
          <ol>
            {run.frames.map((frame) => <LibraryFrame frame={frame} code={code} />)}
          </ol>
        </details>
      </li>
    );
  }
  return (
    <>
      {run.frames.map((frame, index) => (
        <OwnFrame frame={frame} code={code} isOpen={isNearest && index === 0} />
      ))}
    </>
  );
}

function LibraryFrame({ frame, code }: CallProps) {
  if (hasMore(frame, code)) return <FoldedFrame frame={frame} code={code} />;
  return (
    <li>
      <Call frame={frame} code={code} />
    </li>
  );
}

function FoldedFrame({ frame, code }: CallProps) {
  return (
    <li>
      <details>
        <summary>
          <Call frame={frame} code={code} />
        </summary>
        <More frame={frame} code={code} />
      </details>
    </li>
  );
}

function OwnFrame({ frame, code, isOpen }: CallProps & { isOpen: boolean }) {
  if (!isOpen && hasMore(frame, code)) return <FoldedFrame frame={frame} code={code} />;
  return (
    <li>
      <p class={isOpen ? "call own" : "call"}>
        <Call frame={frame} code={code} />
      </p>
      <More frame={frame} code={code} />
    </li>
  );
}

function hasMore(frame: CallProps["frame"], code: RecordCode): boolean {
  return frame.recorded?.vars !== undefined || code.sourceAround(frame).length > 0;
}

/** The source around a frame, and its local variables. */
function More({ frame, code }: CallProps) {
  const lines = code.sourceAround(frame);
  const vars = frame.recorded?.vars;
  return (
    <>
      {lines.length > 0 && <Source lines={lines} />}
      {vars !== undefined && <Values title="Local variables" values={vars} maxChars={MAX_CHARS} />}
    </>
  );
}

interface CallProps {
  frame: FrameRun["frames"][number];
  code: RecordCode;
}

function Call({ frame, code }: CallProps) {
  return (
    <bdi class="code">
      {frame.function === "" ? "anonymous" : plainLine(frame.function, 120)}{" "}
      <span class="soft">
        {plainLine(placeOf(frame, code), 260)}
      </span>
    </bdi>
  );
}

function placeOf({ file, line }: CallProps["frame"], code: RecordCode): string {
  return line > 0 ? `${code.shortFile(file)}:${line}` : code.shortFile(file);
}

function Source({ lines }: { lines: SourceLine[] }) {
  return (
    <pre class="source" dir="ltr" tabindex={0} aria-label="Source">
      {lines.map(({ number, text, isHit }) => (
        <span class={isHit ? "hit" : undefined}><i>{number}</i>{plain(text, MAX_CHARS)}</span>
      ))}
    </pre>
  );
}
