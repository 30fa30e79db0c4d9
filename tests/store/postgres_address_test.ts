import { assertEquals, assertThrows } from "@std/assert";
import { readAddress } from "../../store/drivers/postgres_address.ts";

Deno.test("what is shown of an address has no part of its password", () => {
  for (const password of ["secret", "p@secret", "p%40secret", "p:secret"]) {
    const { label } = readAddress(`postgres://holdfast:${password}@db.example.com:5432/shop`);
    assertEquals(label, "postgres://db.example.com:5432/shop");
  }
});

Deno.test("a password that tears the address apart is refused, and not shown", () => {
  for (const mark of ["/", "#", "?"]) {
    const address = `postgres://holdfast:12${mark}secret@db/shop`;
    const { message } = assertThrows(() => readAddress(address), Error);
    assertEquals(/secret|12/.test(message), false, message);
    assertEquals(message.includes("%XX"), true);
  }
});
