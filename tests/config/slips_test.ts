import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { ConfigError, readConfig } from "../../config.ts";

const SENTENCE = "without quotes around it: they would be a part of the value";

Deno.test("quotes around a value are refused, whichever variable has them: a shell would have removed them", () => {
  for (
    const [name, value] of [
      ["OPERATOR_TOKEN", `"a-token-nobody-guesses"`],
      ["INTAKE_KEYS", `'key-of-the-first-one'`],
      ["INTAKE_KEYS", `key-of-the-first-one,"key-of-the-second-one"`],
      ["LOG_FILE", `"logs/holdfast.ndjson"`],
      ["STORE_URL", `"postgres://u:secret@db.example/x"`],
      ["STORE_URL", `sqlite:"./data/holdfast.db"`],
      ["HOLDFAST_RELEASE", `'v1.2.3'`],
      ["LOG_LEVEL", `"INFO"`],
      ["PORT", `"8000"`],
      ["OTLP_LOGS_HEADERS", `authorization="Bearer%20x"`],
    ] as const
  ) {
    const { mistakes } = errorOf({ [name]: value });
    assertEquals(mistakes.length, 1, value);
    assert(mistakes[0]!.startsWith(`${name} must be ${SENTENCE}; it is `), mistakes[0]);
    assertFalse(/secret|nobody|Bearer/.test(mistakes[0]!), mistakes[0]);
  }
});

Deno.test("a quote that is a part of a value stays one", () => {
  const env = { OPERATOR_TOKEN: `it's-"my"-token-and-long`, LOG_FILE: "logs/o'neill.ndjson" };
  const { operatorToken, logFile } = readConfig(new Map(Object.entries(env)), {
    isTerminal: false,
  });
  assertEquals([operatorToken, logFile], [
    [{ token: env.OPERATOR_TOKEN, mayWrite: true }],
    env.LOG_FILE,
  ]);
});

Deno.test("a path that only a shell can complete is refused: it would make a folder named ~", () => {
  for (
    const [name, value] of [
      ["LOG_FILE", "~/holdfast.ndjson"],
      ["LOG_FILE", "~deploy/holdfast.ndjson"],
      ["LOG_FILE", "$HOME/holdfast.ndjson"],
      ["STORE_URL", "sqlite:~/holdfast.db"],
      ["STORE_URL", "sqlite:${HOME}/holdfast.db"],
      ["DATABASE_URL", "sqlite:~/holdfast.db"],
    ] as const
  ) {
    const [mistake = ""] = errorOf({ [name]: value }).mistakes;
    assert(mistake.startsWith(`${name} must be a path without ~ and $, which only`), mistake);
  }
  for (const LOG_FILE of ["./~old.ndjson", "logs/~/x.ndjson", "~holdfast.ndjson"]) {
    assertEquals(
      readConfig(new Map([["LOG_FILE", LOG_FILE]]), { isTerminal: false }).logFile,
      LOG_FILE,
    );
  }
});

Deno.test("an address whose password is torn by a special character is refused before any part of it is shown", () => {
  for (const mark of ["#", "?", "/"]) {
    for (const password of [`4711${mark}geheim`, `geh${mark}eim`, `${mark}geheim`]) {
      const { mistakes: [mistake = ""] } = errorOf({
        STORE_URL: `postgres://ana:${password}@db.example/x`,
      });
      assert(mistake.startsWith("STORE_URL must be postgres://USER:PASSWORD@HOST"), mistake);
      assertFalse(/4711|geh|eim|ana/.test(mistake), mistake);
    }
  }
  const right = "postgres://ana:4711%23geheim%3F@db.example:5433/x?sslmode=require";
  assertEquals(readConfig(new Map([["STORE_URL", right]]), { isTerminal: false }).storeUrl, right);
});

function errorOf(env: Record<string, string>): ConfigError {
  return assertThrows(
    () => readConfig(new Map(Object.entries(env)), { isTerminal: false }),
    ConfigError,
  );
}
