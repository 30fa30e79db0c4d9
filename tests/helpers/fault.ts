/** How a worker is to break. */
export interface Fault {
  /**
   * `crash` throws, `reject` leaves a rejection unhandled, `close` ends itself without a word, `hang` is busy for some seconds,
   * `poison` throws while the record is encoded and `poison-hang` is busy then, `blocked` waits for the outside.
   */
  kind: "crash" | "reject" | "close" | "hang" | "poison" | "poison-hang" | "blocked";
  /** Only when there is no such file; it is made. Absent: every time. */
  unless?: string;
}

const MARK = "break:";

/** The message of a record that breaks the worker. */
export function fault(fault: Fault): string {
  return MARK + JSON.stringify(fault);
}

/** What a record's message says. */
export function readFault(message: string): Fault | undefined {
  return message.startsWith(MARK) ? JSON.parse(message.slice(MARK.length)) : undefined;
}
