/**
 * The real worker, whose intake reads a plain form of reports, and breaks where a delivery says so.
 *
 * @module
 */
import "../../logging/worker.ts";
import { DECODERS } from "../../intake/decode.ts";
import type { Decoded, Delivery, Feedback } from "../../intake/intake.ts";
import type { Report } from "../../store/report.ts";

/** What a delivery of the plain form may do to its reader. */
export type IntakeFault = "throw" | "crash" | "close" | "hang" | "never";

/** The body of a delivery of the plain form, as JSON. */
export interface PlainBody {
  /** What is reported. */
  reports?: Report[];
  /** What people wrote. */
  feedback?: Feedback[];
  /** How its reader breaks. */
  fault?: IntakeFault;
}

/** Long enough to be taken for hung by every test, short enough to burn little. */
const BUSY_MS = 3_000;

DECODERS.store = () => Promise.resolve(decodePlain);

function decodePlain({ body }: Delivery): Decoded | Promise<Decoded> {
  const { reports = [], feedback = [], fault } = JSON.parse(
    new TextDecoder().decode(body),
  ) as PlainBody;
  switch (fault) {
    case "throw":
      throw new TypeError("thrown on purpose");
    case "crash":
      setTimeout(() => {
        throw new Error("crashed on purpose");
      });
      return new Promise(() => {});
    case "close":
      self.close();
      return new Promise(() => {});
    case "hang": {
      const endMs = performance.now() + BUSY_MS;
      while (performance.now() < endMs);
      break;
    }
    case "never":
      return new Promise(() => {});
  }
  return { reports: reports.map((report) => ({ report })), feedback, counts: [] };
}
