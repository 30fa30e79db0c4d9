import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import fc from "fast-check";
import { type Config, ConfigError, ENV_NAMES, readConfig } from "../config.ts";

Deno.test("without any variable the service runs in development on loopback with SQLite", () => {
  assertEquals(read({}), {
    host: "127.0.0.1",
    port: 8000,
    environment: "development",
    isLoopback: true,
    storeUrl: "sqlite:./data/holdfast.db",
    dataDir: "./data",
    storeMaxMegabytes: 1024,
    retentionDays: 90,
    service: "holdfast",
    alertTargets: [],
    keepOccurrences: 100,
    intakeKeys: [],
    trustedProxies: ["127.0.0.0/8", "::1"],
    logLevel: "INFO",
    logConsole: "json",
    logBodies: "on",
    keepUser: "id",
    logSpill: "error",
    redactNames: [],
    otlpLogsHeaders: {},
    requestTimeoutMs: 10_000,
    maxBodyBytes: 1_048_576,
    shutdownMs: 4500,
    onDeploy: false,
    consoleCollected: false,
  });
});

Deno.test("every variable that is set reaches its setting", () => {
  const config = read({
    HOST: "::",
    PORT: "0",
    HOLDFAST_ENV: "production",
    STORE_URL: "sqlite:/var/lib/holdfast/store.db",
    STORE_MAX_MB: "5",
    RETENTION_DAYS: "7",
    KEEP_OCCURRENCES: "3",
    OPERATOR_TOKEN: "a-token-nobody-guesses",
    INTAKE_KEYS: "key-of-the-first-one, shop:key_of_the_second, web:key_of_the_third:public,",
    PUBLIC_URL: "https://Errors.example/holdfast/",
    TRUSTED_PROXIES: "10.0.0.0/8, 2001:db8::1,",
    LOG_LEVEL: "debug",
    LOG_CONSOLE: "PRETTY",
    LOG_FILE: "logs/holdfast.ndjson",
    LOG_BODIES: "errors",
    KEEP_USER: "Full",
    LOG_SPILL: "all",
    REDACT_NAMES: "customer_no, X-Ticket,",
    REQUEST_TIMEOUT_MS: "500",
    MAX_BODY_BYTES: "2048",
    SHUTDOWN_MS: "100",
    ALERT_WEBHOOK_URL: "https://chat.example/hooks/1",
    OTLP_LOGS_URL: "https://collector.example/v1/logs",
    OTLP_LOGS_HEADERS: "authorization=Basic%20dTpw, X-Tenant = a=b ,",
    HOLDFAST_SERVICE: "shop",
    HOLDFAST_RELEASE: "v1.2.3",
  });
  assertEquals(config, {
    host: "::",
    port: 0,
    environment: "production",
    isLoopback: false,
    storeUrl: "sqlite:/var/lib/holdfast/store.db",
    dataDir: "/var/lib/holdfast",
    storeMaxMegabytes: 5,
    retentionDays: 7,
    keepOccurrences: 3,
    operatorToken: [{ token: "a-token-nobody-guesses", mayWrite: true }],
    intakeKeys: [
      { key: "key-of-the-first-one", isPublic: false },
      { key: "key_of_the_second", service: "shop", isPublic: false },
      { key: "key_of_the_third", service: "web", isPublic: true },
    ],
    publicUrl: "https://errors.example/holdfast",
    trustedProxies: ["10.0.0.0/8", "2001:db8::1"],
    logLevel: "DEBUG",
    logConsole: "pretty",
    logFile: "logs/holdfast.ndjson",
    logBodies: "errors",
    keepUser: "full",
    logSpill: "all",
    redactNames: ["customer_no", "X-Ticket"],
    requestTimeoutMs: 500,
    maxBodyBytes: 2048,
    shutdownMs: 100,
    alertTargets: [{
      format: "json",
      url: "https://chat.example/hooks/1",
      name: "ALERT_WEBHOOK_URL",
      filters: [{ service: "", minSeverity: 0 }],
    }],
    otlpLogsUrl: "https://collector.example/v1/logs",
    otlpLogsHeaders: { authorization: "Basic dTpw", "X-Tenant": "a=b" },
    service: "shop",
    release: "v1.2.3",
    onDeploy: false,
    consoleCollected: false,
  });
});

Deno.test("an empty variable counts as unset, and spaces around a value do not count", () => {
  assertEquals(read({ PORT: "", HOST: "  ", OPERATOR_TOKEN: "\n" }), read({}));
  assertEquals(read({ PORT: " 9000\n" }).port, 9000);
});

Deno.test("development is the default on loopback alone", () => {
  for (const HOST of ["127.0.0.1", "127.8.9.1", "::1", "localhost", "LOCALHOST"]) {
    assertEquals(read({ HOST }).environment, "development", HOST);
    assertEquals(read({ HOST, HOLDFAST_ENV: "production" }).environment, "production", HOST);
    assertEquals(read({ HOST, DENO_DEPLOY: "1" }).environment, "production", HOST);
  }
  for (const HOST of ["0.0.0.0", "::", "10.0.0.1", "127.evil.example", "localhost.example"]) {
    assertEquals(read({ HOST }).environment, "production", HOST);
    assertEquals(read({ HOST, HOLDFAST_ENV: "development" }).environment, "development", HOST);
  }
});

Deno.test("on a terminal records are printed for people", () => {
  assertEquals(readConfig(new Map(), { isTerminal: true }).logConsole, "pretty");
  const env = new Map([["LOG_CONSOLE", "json"]]);
  assertEquals(readConfig(env, { isTerminal: true }).logConsole, "json");
});

Deno.test("STORE_URL goes before DATABASE_URL, which may then be anything", () => {
  const DATABASE_URL = "postgres://holdfast:pw@db.example/holdfast";
  assertEquals(read({ DATABASE_URL }).storeUrl, DATABASE_URL);
  assertEquals(read({ DATABASE_URL }).dataDir, "./data");
  assertEquals(read({ DATABASE_URL, STORE_URL: "memory:" }).storeUrl, "memory:");
  assertEquals(
    read({ DATABASE_URL: "mysql://db.example/x", STORE_URL: "memory:" }).storeUrl,
    "memory:",
  );
  assertEquals(mistakesOf({ DATABASE_URL: "mysql://db.example/x" }).length, 1);
});

Deno.test("files of the log live beside the SQLite file", () => {
  assertEquals(read({ STORE_URL: "sqlite:holdfast.db" }).dataDir, ".");
  assertEquals(read({ STORE_URL: "sqlite:./a/b/holdfast.db" }).dataDir, "./a/b");
  assertEquals(read({ STORE_URL: "memory:" }).dataDir, "./data");
});

Deno.test("an address that is no store is refused", () => {
  for (
    const STORE_URL of [
      "holdfast.db",
      "sqlite:",
      "sqlite:data/",
      "sqlite://data/holdfast.db",
      "sqlite::memory:",
      "memory",
      "mysql://db.example/x",
      "postgres://",
    ]
  ) assertEquals(mistakesOf({ STORE_URL }).length, 1, STORE_URL);
});

Deno.test("the platform's own variables set the release and what collects the console", () => {
  assertEquals(read({ DENO_DEPLOYMENT_ID: "abc123" }).release, "abc123");
  assertEquals(read({ DENO_DEPLOYMENT_ID: "abc123", HOLDFAST_RELEASE: "v2" }).release, "v2");
  assert(read({ DENO_DEPLOY: "1" }).onDeploy);
  assert(read({ DENO_DEPLOY: "1" }).consoleCollected);
  assert(read({ OTEL_DENO: "true" }).consoleCollected);
  assertFalse(read({ OTEL_DENO: "false" }).consoleCollected);
});

Deno.test("short secrets are refused in production and welcome on loopback", () => {
  const secrets = { OPERATOR_TOKEN: "short", INTAKE_KEYS: "a,b" };
  assertEquals(read(secrets).operatorToken, [{ token: "short", mayWrite: true }]);
  assertEquals(mistakesOf({ ...secrets, HOST: "0.0.0.0" }), [
    "INTAKE_KEYS must be keys separated by commas, each KEY, service:KEY or service:KEY:public, the key at least 16 ASCII characters, without spaces; it is 3 characters long (not shown)",
    "OPERATOR_TOKEN must be a token of at least 16 ASCII characters without spaces, commas and colons, or several, each name:TOKEN or name:TOKEN:read; the token of number 1 is not made of at least 16 ASCII characters; it is 5 characters long (not shown)",
  ]);
});

Deno.test("one error lists every wrong variable with its bound and its value", () => {
  const error = errorOf({
    HOST: "localhost:80",
    PORT: "65536",
    HOLDFAST_ENV: "prod",
    LOG_LEVEL: "loud",
    LOG_FILE: "logs/",
    REQUEST_TIMEOUT_MS: "1e3",
    SHUTDOWN_MS: "99",
    STORE_MAX_MB: "-1",
  });
  assertEquals(
    error.message,
    `8 variables are wrong:
  HOST must be an IP address or a host name, without a port; it is "localhost:80"
  PORT must be a whole number from 0 to 65535; it is "65536"
  HOLDFAST_ENV must be development or production; it is "prod"
  STORE_MAX_MB must be a whole number from 1 to 1048576; it is "-1"
  LOG_LEVEL must be DEBUG or INFO or WARN or ERROR or CRITICAL; it is "loud"
  LOG_FILE must be the path of a file, not of a folder; it is "logs/"
  REQUEST_TIMEOUT_MS must be a whole number from 10 to 600000; it is "1e3"
  SHUTDOWN_MS must be a whole number from 100 to 600000; it is "99"`,
  );
});

Deno.test("PUBLIC_URL is an address to which paths can be added", () => {
  assertEquals(read({ PUBLIC_URL: "http://[::1]:8000" }).publicUrl, "http://[::1]:8000");
  assertEquals(read({ PUBLIC_URL: "https://x.example//" }).publicUrl, "https://x.example");
  const wrong = [
    ...["x.example", "ftp://x.example", "https://", "//x.example", "https://x.example/?a=1"],
    ...["https://x.example/#a", "https://user:hunter2@x.example", "https://user@x.example"],
  ];
  for (const PUBLIC_URL of wrong) {
    const [mistake = ""] = mistakesOf({ PUBLIC_URL });
    assert(mistake.startsWith("PUBLIC_URL must be an http:// or https:// address"), mistake);
    assertFalse(mistake.includes("hunter2"), mistake);
  }
});

Deno.test("TRUSTED_PROXIES are addresses and ranges of both kinds", () => {
  const right = [
    "10.1.2.3",
    "10.0.0.0/8",
    "0.0.0.0/0",
    "::1",
    "fd00::/8",
    "::/0",
    "::ffff:10.0.0.1",
  ];
  assertEquals(read({ TRUSTED_PROXIES: right.join(" , ") }).trustedProxies, right);
  const wrong = [
    ...["proxy.example", "10.0.0.0/33", "::/129", "10.0.0", "10.0.0.256", "10.0.0.0/", "/8"],
    ...["10.0.0.0/8/8", "1:2:3", "::1]/x", "*", "10.0.0.0/-1", "10.0.0.1:80"],
  ];
  for (const TRUSTED_PROXIES of wrong) {
    const [mistake = ""] = mistakesOf({ TRUSTED_PROXIES: `10.0.0.1,${TRUSTED_PROXIES}` });
    assert(mistake.startsWith("TRUSTED_PROXIES must be addresses and ranges"), TRUSTED_PROXIES);
  }
});

Deno.test("no secret is ever shown, however wrong it is", () => {
  const error = errorOf({
    HOST: "0.0.0.0",
    OPERATOR_TOKEN: "hunter2",
    INTAKE_KEYS: "hunter2",
    ALERT_WEBHOOK_URL: "hooks.example/hunter2",
    ALERT_URLS: "https://ok.example/hunter2, smtp://hunter2:hunter2@mail.example/?to=hunter2",
    OTLP_LOGS_URL: "collector.example/hunter2",
    OTLP_LOGS_HEADERS: "authorization:hunter2",
    STORE_URL: "mysql://user:hunter2@db.example/x?password=hunter2",
  });
  assertEquals(error.mistakes.length, 7);
  assertFalse(error.message.includes("hunter2"), error.message);
  assert(error.message.includes("mysql://"), "the scheme is what is wrong, so it is shown");
});

for (const wrong of ["name", "=value", "a b=c", "a=%", "a=x%0d%0ab:c", "ok=1,no"]) {
  Deno.test(`OTLP_LOGS_HEADERS cannot be ${JSON.stringify(wrong)}`, () => {
    const [mistake] = errorOf({ OTLP_LOGS_HEADERS: wrong }).mistakes;
    assert(mistake?.startsWith("OTLP_LOGS_HEADERS must be name=value pairs"), mistake);
  });
}

Deno.test("whatever the variables hold, the answer is a config or a ConfigError", () => {
  const odd = fc.constantFrom("0", "1", "9999999999999999999", "on", "memory:", "sqlite:", "::1");
  const value = fc.oneof(fc.string({ unit: "binary" }), odd);
  fc.assert(fc.property(fc.dictionary(fc.constantFrom(...ENV_NAMES), value), (env) => {
    try {
      const config = read(env);
      assert(config.port >= 0 && config.port <= 65_535);
      assert(config.shutdownMs >= 100);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      assert(error.mistakes.length > 0);
    }
  }));
});

Deno.test("only the listed variables are asked for, so that permissions can be as narrow", () => {
  const asked: string[] = [];
  readConfig({
    get(name) {
      asked.push(name);
      return undefined;
    },
  }, { isTerminal: false });
  assertEquals(asked.sort(), [...ENV_NAMES]);
});

function read(env: Record<string, string>): Config {
  return readConfig(new Map(Object.entries(env)), { isTerminal: false });
}

function errorOf(env: Record<string, string>): ConfigError {
  return assertThrows(() => read(env), ConfigError);
}

function mistakesOf(env: Record<string, string>): string[] {
  return [...errorOf(env).mistakes].sort();
}
