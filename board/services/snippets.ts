/**
 * How each platform is connected: the texts that the page shows are the very programs that `tests/clients/snippets_test.ts` runs,
 * and its commands those that `commands_test.ts` beside it types. Each reports one failure, so that whoever copies it sees it arrive.
 */

/** What a snippet is filled in with. */
export interface Told {
  dsn: string;
  key: string;
  /** Of the API, without a slash at its end. */
  base: string;
  service: string;
}

export interface Platform {
  id: string;
  title: string;
  /** Which keys it can use: a public one opens the event routes of Sentry alone. */
  takes: "any" | "secret" | "public";
  /** What connects an app that has the client already. */
  string: { label: string; text: (told: Told) => string };
  /** Commands for an empty folder, one a line, where something has to be installed. */
  install?: string;
  /** A whole program that reports one failure. */
  file: string;
  text: (told: Told) => string;
  /** The command that runs it. */
  run?: string;
  /** The command that makes it fail, where it is a server that waits for requests. */
  ask?: string;
  /** What is to be known beside it. */
  note?: string;
}

const LATER =
  "Then let your app's own failures arrive the same way: keep the init call at its start.";

/** Node's clients see only what is loaded after them. */
const INSTRUMENT = "In an app, put the init call into a file of its own and start with " +
  "node --import ./instrument.mjs, so that it runs before everything else";
/** Of Java's client: the one that the tests run. */
export const JAVA_CLIENT = "8.64.0";

/** What all of Sentry's clients need. */
const SENTRY = { takes: "any", string: { label: "DSN", text: ({ dsn }: Told) => dsn } } as const;
/** Of a program in JavaScript, or in Python, what is the same in each. */
const javascript = (client: string, { dsn }: Told, imports = "") =>
  `import * as Sentry from "${client}";
${imports}
Sentry.init({
  dsn: "${dsn}",
});
`;
const python = ({ dsn }: Told, imports = "") =>
  `import sentry_sdk
${imports}
sentry_sdk.init(
    dsn="${dsn}",
)
`;
const reports = (title: string) => `
Sentry.captureException(new Error("Hello from ${title}"));
await Sentry.flush(2000);
`;

/** In the order in which the page offers them. */
export const PLATFORMS: readonly Platform[] = [
  {
    id: "node",
    title: "Node",
    ...SENTRY,
    install: "npm install @sentry/node",
    file: "first.mjs",
    text: (told) => javascript("@sentry/node", told) + reports("Node"),
    run: "node first.mjs",
    note: `${INSTRUMENT}.`,
  },
  {
    id: "browser",
    title: "Browser",
    ...SENTRY,
    takes: "public",
    install: "npm install @sentry/browser",
    file: "main.js",
    text: (told) =>
      javascript("@sentry/browser", told) + `
setTimeout(() => {
  throw new Error("Hello from the browser");
});
`,
    note: "Everybody can read the key in a page: take a public one.",
  },
  {
    id: "deno",
    title: "Deno",
    ...SENTRY,
    file: "first.ts",
    text: (told) => javascript("npm:@sentry/deno@10", told) + reports("Deno"),
    run: "deno run --allow-net --allow-env --allow-read --allow-sys first.ts",
    note: LATER,
  },
  {
    id: "hono",
    title: "Hono",
    ...SENTRY,
    install: "npm install @sentry/node hono @hono/node-server",
    file: "first.mjs",
    text: (told) =>
      javascript(
        "@sentry/node",
        told,
        `import { serve } from "@hono/node-server";
import { Hono } from "hono";
`,
      ) + `
const app = new Hono();
app.onError((error, c) => {
  Sentry.captureException(error);
  return c.text("out of order", 500);
});
app.get("/", () => {
  throw new Error("Hello from Hono");
});
serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) });
`,
    run: "node first.mjs",
    ask: "curl http://localhost:3000/",
    note: `${INSTRUMENT}: then errors have their route, /orders/:id. An app of Hono on Deno can ` +
      "have this log and board inside it, without a client: docs/hono-app.md in the package.",
  },
  {
    id: "python",
    title: "Python",
    ...SENTRY,
    install: "python3 -m venv venv\nvenv/bin/pip install sentry-sdk",
    file: "first.py",
    text: (told) =>
      python(told) + `
raise RuntimeError("Hello from Python")
`,
    run: "venv/bin/python first.py",
    note: LATER,
  },
  {
    id: "django",
    title: "Django",
    ...SENTRY,
    install: 'pip install "sentry-sdk[django]"',
    file: "settings.py",
    text: (told) => python(told),
    note: "These lines go to the end of your settings.py. Then let a view fail: Django's errors " +
      "arrive by themselves.",
  },
  {
    id: "flask",
    title: "Flask",
    ...SENTRY,
    install: 'python3 -m venv venv\nvenv/bin/pip install "sentry-sdk[flask]"',
    file: "first.py",
    text: (told) =>
      python(told, "from flask import Flask\n") + `
app = Flask(__name__)


@app.get("/")
def hello():
    raise RuntimeError("Hello from Flask")
`,
    run: "venv/bin/flask --app first run",
    ask: "curl http://localhost:5000/",
  },
  {
    id: "go",
    title: "Go",
    ...SENTRY,
    install: "go mod init first\ngo get github.com/getsentry/sentry-go",
    file: "main.go",
    text: ({ dsn }) =>
      `package main

import (
	"errors"
	"log"
	"time"

	"github.com/getsentry/sentry-go"
)

func main() {
	err := sentry.Init(sentry.ClientOptions{
		Dsn: "${dsn}",
	})
	if err != nil {
		log.Fatal(err)
	}
	defer sentry.Flush(2 * time.Second)

	sentry.CaptureException(errors.New("Hello from Go"))
}
`,
    run: "go run .",
  },
  {
    id: "java",
    title: "Java",
    ...SENTRY,
    install: `mvn dependency:copy -Dartifact=io.sentry:sentry:${JAVA_CLIENT} -DoutputDirectory=.`,
    file: "First.java",
    text: ({ dsn }) =>
      `import io.sentry.Sentry;

public class First {
  public static void main(String[] arguments) {
    Sentry.init(options -> {
      options.setDsn("${dsn}");
    });

    Sentry.captureException(new RuntimeException("Hello from Java"));
    Sentry.flush(2000);
  }
}
`,
    run: `java -cp sentry-${JAVA_CLIENT}.jar First.java`,
    note: "A build with Maven or Gradle names io.sentry:sentry. " + LATER,
  },
  {
    id: "rust",
    title: "Rust",
    ...SENTRY,
    install: "cargo init --name first\ncargo add sentry",
    file: "src/main.rs",
    text: ({ dsn }) =>
      `fn main() {
    let _guard = sentry::init((
        "${dsn}",
        sentry::ClientOptions::default(),
    ));

    sentry::capture_error(&std::io::Error::other("Hello from Rust"));
}
`,
    run: "cargo run",
  },
  {
    id: "opentelemetry",
    title: "OpenTelemetry",
    takes: "secret",
    string: { label: "Variables that every exporter reads", text: exporter },
    file: "first.sh",
    text: (told) =>
      `${exporter(told)}export OTEL_DENO=true
deno eval 'console.error(new Error("Hello from OpenTelemetry"))'
`,
    run: "sh first.sh",
    note: "An exporter has to speak OTLP over HTTP (OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf or " +
      "http/json); a collector takes the same values.",
  },
  {
    id: "curl",
    title: "curl",
    takes: "secret",
    string: { label: "A command that reports one failure", text: command },
    file: "first.sh",
    text: command,
    run: "sh first.sh",
    note:
      "Any program that can send JSON can report: docs/http-api.md in the package has all fields.",
  },
];

function exporter({ base, key, service }: Told): string {
  return `export OTEL_SERVICE_NAME=${quoted(service)}
export OTEL_EXPORTER_OTLP_ENDPOINT=${quoted(base)}
export OTEL_EXPORTER_OTLP_HEADERS='authorization=Bearer ${key}'
`;
}

function command({ base, key, service: svc_name }: Told): string {
  const report = { svc_name, error: { type: "Error", message: "Hello from curl" } };
  return `curl ${quoted(`${base}/errors`)} \\
  -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' \\
  -d ${quoted(JSON.stringify(report))}
`;
}

/** As a shell takes it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
