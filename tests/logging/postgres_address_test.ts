import { assertEquals, assertThrows } from "@std/assert";
import { readAddress } from "../../logging/store/postgres/address.ts";

Deno.test("what is shown of an address has no part of its password", () => {
  for (const password of ["secret", "p@secret", "p%40secret", "p:secret"]) {
    const { label } = readAddress(`postgres://holdfast:${password}@db.example.com:5432/shop`);
    assertEquals(label, "postgres://db.example.com:5432/shop");
  }
});

Deno.test("a password that tears the address apart is refused, and not shown", () => {
  const error = assertThrows(() => readAddress("postgres://holdfast:12/secret@db/shop"), Error);
  assertEquals(error.message.includes("secret"), false);
  assertEquals(error.message.includes("%XX"), true);
});
