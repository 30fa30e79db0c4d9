import { assertEquals, assertFalse, assertStringIncludes, assertThrows } from "@std/assert";
import { ConfigError, readConfig } from "../../config.ts";

const [ANA, BEN] = ["Xq3-token-of-ana-1", "Xq3-token-of-ben-2"];

Deno.test("OPERATOR_TOKEN is one token, or several with names, of which some may only read", () => {
  assertEquals(read(ANA), [{ token: ANA, mayWrite: true }]);
  assertEquals(read(`Ana Bůh:${ANA}`), [{ name: "Ana Bůh", token: ANA, mayWrite: true }]);
  assertEquals(read(`ana:${ANA}, ben@x.example:${BEN}:read,`), [
    { name: "ana", token: ANA, mayWrite: true },
    { name: "ben@x.example", token: BEN, mayWrite: false },
  ]);
  assertEquals(
    read(`ana:${ANA},ana:${BEN}`).map(({ name }) => name),
    ["ana", "ana"],
    "while one token of a person takes the place of another, both are valid",
  );
});

Deno.test("every mistake in OPERATOR_TOKEN is listed by its place, and no token is shown", () => {
  const token = (number: number) => `Xq3-token-of-number-${number}`;
  const cases: [string, string[]][] = [
    [",", []],
    ["Xq3-short", ["the token of number 1 is not made of at least 16"]],
    [`${ANA},${BEN}`, ["number 1 has no name", "number 2 has no name"]],
    [`ana:${ANA},${BEN}`, ["number 2 has no name"]],
    [`${ANA}:read`, ["number 1 has no name"]],
    [`:${ANA}`, ["number 1 has no name"]],
    [`ana:${ANA}:write`, ["behind the token of number 1 stands something other than :read"]],
    [`ana:${ANA}:read:Xq3`, ["behind the token of number 1 stands something other than :read"]],
    [`<b>:${ANA}`, ["the name of number 1 is not 1 to 64"]],
    [`${"a".repeat(65)}:${ANA}`, ["the name of number 1 is not 1 to 64"]],
    [`ana:${ANA},ben:${ANA}:read`, ["number 1 and number 2 have the same token"]],
    [`ana:Xq3 with spaces in it,-:Xq3`, ["token of number 1", "name of number 2", "of number 2"]],
    [
      Array.from({ length: 51 }, (_, i) => `n${i}:${token(i)}`).join(),
      ["there are 51, and 50 is the most"],
    ],
  ];
  for (const [text, mistakes] of cases) {
    const { message } = assertThrows(() => read(text), ConfigError);
    assertStringIncludes(message, "OPERATOR_TOKEN must be a token of at least 16 ASCII characters");
    for (const mistake of mistakes) assertStringIncludes(message, mistake);
    assertFalse(message.includes("Xq3"), message);
  }
});

function read(OPERATOR_TOKEN: string) {
  const env = new Map(Object.entries({ HOST: "0.0.0.0", OPERATOR_TOKEN }));
  return readConfig(env, { isTerminal: false }).operatorToken ?? [];
}
