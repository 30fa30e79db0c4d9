/**
 * Mail by SMTP (RFC 5321), one a message: `smtp(s)://user:password@host:port/?from=…&to=…`. The package is loaded with the first
 * mail. The connection is ours, so that a server that hangs is left in time.
 */
import { connect, type Socket } from "node:net";
import { createTransport } from "nodemailer";
import { isLoopback } from "../../store/address_range.ts";
import { cut } from "../../store/limits.ts";
import type { AlertMessage } from "./message.ts";
import { firstOf, linesOf } from "./plain_text.ts";
import { decoded, quoted, secretsOf } from "./quoted.ts";
import type { Outcome, Sending } from "./receiver.ts";

const MAX_SUBJECT_CHARS = 160;
/** https://www.iana.org/assignments/service-names-port-numbers: submission, and submission over TLS. */
const PORTS = { "smtp:": 587, "smtps:": 465 };

/** https://www.rfc-editor.org/rfc/rfc5321#section-4.2.3 */
const UNKNOWN_COMMAND = 500;
const NO_TLS: Outcome = {
  kind: "refused",
  why: "it offers no STARTTLS, without which nothing is sent to it: see tls=… in docs/alerts.md",
};

/** What we use of the package's errors. */
interface MailError extends Error {
  /** The server's last answer. */
  response?: string;
  responseCode?: number;
  /** `EAUTH`, `ETLS`, … */
  code?: string;
}

/** @throws when the server cannot be reached, or not in time. */
export async function sendMail(
  { message }: Sending,
  { address, signal }: { address: URL; signal: AbortSignal },
): Promise<Outcome> {
  const isSecure = address.protocol === "smtps:";
  const host = address.hostname.replace(/^\[|\]$/g, "");
  const port = address.port === "" ? PORTS[isSecure ? "smtps:" : "smtp:"] : Number(address.port);
  const { searchParams } = address;
  const from = searchParams.get("from")!;
  const user = decoded(address.username);
  const tls = searchParams.get("tls") ??
    (user === "" || isLoopback(host) ? "optional" : "required");
  // A password never goes over the network as it is, unless that is asked for.
  const needsTls = !isSecure && tls !== "optional";
  const socket = await opened({ host, port, signal });
  const end = () => void socket.destroy(new Error("no answer in time"));
  signal.addEventListener("abort", end);
  try {
    const transport = createTransport({
      host,
      port,
      secure: isSecure,
      connection: socket,
      ...(user !== "" && { auth: { user, pass: decoded(address.password) } }),
      requireTLS: needsTls,
      ...(tls === "no-verify" && { tls: { rejectUnauthorized: false } }),
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const sent = await transport.sendMail(
      mailOf(message, { from, to: searchParams.getAll("to").flatMap((list) => list.split(",")) }),
    );
    return { kind: "sent", said: quoted(sent.response, secretsOf(address)) };
  } catch (error) {
    signal.throwIfAborted();
    if (needsTls && (error as MailError).responseCode === UNKNOWN_COMMAND) return { ...NO_TLS };
    return refusalOf(error as MailError, secretsOf(address));
  } finally {
    signal.removeEventListener("abort", end);
    socket.destroy();
  }
}

function opened(
  { host, port, signal }: { host: string; port: number; signal: AbortSignal },
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const fail = (error: Error) => {
      socket.destroy();
      signal.removeEventListener("abort", stop);
      reject(error);
    };
    const stop = () => fail(new Error("no answer in time"));
    socket.once("error", fail);
    signal.addEventListener("abort", stop);
    socket.once("connect", () => {
      socket.off("error", fail);
      signal.removeEventListener("abort", stop);
      resolve(socket);
    });
  });
}

/** The package folds and encodes headers; a line break has become a space before. */
function mailOf(message: AlertMessage, { from, to }: { from: string; to: readonly string[] }) {
  const { id, title, thread } = message;
  const domain = from.slice(from.lastIndexOf("@") + 1);
  const said = firstOf(message);
  const service = message.facts.find(({ name }) => name === "Service")?.value;
  const subject = `${service === undefined ? "" : `[${service}] `}${title}${said && `: ${said}`}`;
  return {
    from,
    to: to.map((address) => address.trim()).filter((address) => address !== ""),
    subject: cut(subject, MAX_SUBJECT_CHARS),
    text: `${title}\n\n${linesOf(message)}\n`,
    messageId: `<${id}@${domain}>`,
    // What is said of one error stands together.
    ...(thread !== id &&
      { references: `<${thread}@${domain}>`, inReplyTo: `<${thread}@${domain}>` }),
    headers: {
      // No holiday notes in answer: https://www.rfc-editor.org/rfc/rfc3834#section-5
      "Auto-Submitted": "auto-generated",
      "X-Auto-Response-Suppress": "All",
    },
  };
}

/** 4xx may be right tomorrow, 5xx not: https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1 */
function refusalOf(
  { response, responseCode = 0, message }: MailError,
  secrets: readonly string[],
): Outcome {
  const why = quoted(response ?? message, secrets);
  const kind = responseCode >= 500 ? "refused" : "failed";
  return { kind, why: response === undefined ? why : `it answered ${why}` };
}
