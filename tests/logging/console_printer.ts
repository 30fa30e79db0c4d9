/** A process that prints records through a console sink, for `console_test.ts`. */
import { consoleSink } from "../../logging/sinks/console.ts";

const { format, isCollected, records } = JSON.parse(Deno.args[0] ?? "");
consoleSink({ format, color: false, isCollected }).write(records);
