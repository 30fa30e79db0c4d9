import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { readConfig } from "../../config.ts";
import { hasDsn } from "../../store/intake_key.ts";

Deno.test("a key may have a service, and be public", () => {
  assertEquals(read("KEY, shop:KEY_2 ,my shop:key-3:public"), [
    { key: "KEY", isPublic: false },
    { key: "KEY_2", service: "shop", isPublic: false },
    { key: "key-3", service: "my shop", isPublic: true },
  ]);
});

Deno.test("a key that would be read another way than it is meant is refused, and not shown", () => {
  const slips = ["KEY_1:public", ":KEY_1", "shop:", "shop:KEY_1:private", "shop:KEY_1:public:x"]
    .concat(`${"s".repeat(201)}:KEY_1`, "shop:KEY 1", "KEY_1,shop:KEY_1");
  for (const slip of slips) {
    const { message } = assertThrows(() => read(slip), Error);
    assertStringIncludes(message, "INTAKE_KEYS must be keys separated by commas, each");
    assertEquals(message.includes("KEY_1"), false, message);
  }
});

Deno.test("only keys of letters, digits and _ can be part of a DSN", () => {
  assertEquals(read("aZ_09,a-b,a.b,a=").map(hasDsn), [true, false, false, false]);
});

function read(keys: string) {
  return readConfig(new Map([["INTAKE_KEYS", keys]]), { isTerminal: false }).intakeKeys;
}
