import { assertEquals, assertStringIncludes } from "@std/assert";
import { ENV_NAMES } from "../../config.ts";
import { misnamed } from "../../config/names.ts";
import { startService } from "../helpers/start_service.ts";
import { until } from "../helpers/until.ts";

for (
  const [name, meant] of [
    ["STORE_URI", "STORE_URL"],
    ["INTAKE_KEY", "INTAKE_KEYS"],
    ["OPERATOR_TOKENS", "OPERATOR_TOKEN"],
    ["LOGLEVEL", "LOG_LEVEL"],
    ["log_file", "LOG_FILE"],
    ["RETENTOIN_DAYS", "RETENTION_DAYS"],
    ["OTEL_LOGS_URL", "OTLP_LOGS_URL"],
    ["HOLDFAST_STORE_URL", "STORE_URL"],
    ["HOLDFAST_PORT", "PORT"],
    ["HOLDFAST_RELAESE", "HOLDFAST_RELEASE"],
  ] as const
) {
  Deno.test(`${name} is warned of, because ${meant} may be meant`, () => {
    assertEquals(misnamed({ [name]: "8000" }, ENV_NAMES), [
      `${name} is set, but the service does not read it: did you mean ${meant}?`,
    ]);
  });
}

Deno.test("a variable with our prefix that is like none is warned of too", () => {
  assertEquals(misnamed({ HOLDFAST_COLOUR: "blue" }, ENV_NAMES), [
    "HOLDFAST_COLOUR is set, but the service does not read it",
  ]);
});

Deno.test("other programs' variables, our own, and what Kubernetes sets are nothing to warn of", () => {
  const set = {
    ...Object.fromEntries(ENV_NAMES.map((name) => [name, "x"])),
    ...{ STORE_URI: "their own, beside ours", HOLDFAST_URL: "http://127.0.0.1:8000" },
    ...{ PATH: "/bin", HOME: "/root", HOSTNAME: "a", USER: "ana", LANG: "C", LOGNAME: "ana" },
    ...{ TERM: "xterm", SHELL: "/bin/sh", PWD: "/", EDITOR: "vi", LOG_DIR: "/x", PGHOST: "db" },
    ...{ HOLDFAST_SERVICE_HOST: "10.0.0.1", HOLDFAST_SERVICE_PORT: "80" },
    ...{ HOLDFAST_PORT: "tcp://10.0.0.1:80", HOLDFAST_PORT_80_TCP_ADDR: "10.0.0.1" },
  };
  assertEquals(misnamed(set, ENV_NAMES), []);
});

Deno.test("the start warns in the log, and without the variable's value", async () => {
  await using service = await startService({ INTAKE_KEY: "a-key-nobody-guesses" });
  const sentence = "INTAKE_KEY is set, but the service does not read it: did you mean INTAKE_KEYS?";
  await until(() => service.output.includes(sentence), { what: "the warning is printed" });
  const { logs } = await service.asOperator("/logs?level=WARN");
  assertStringIncludes(JSON.stringify(logs), sentence);
  assertEquals(service.output.includes("nobody-guesses"), false);
});
