import { assertEquals } from "@std/assert";
import { findUnsayable } from "../../modules/unsayable.ts";

class Hidden {
  #amount = 7;
  get amount(): number {
    return this.#amount;
  }
}

Deno.test("what JSON would show as {} is found, with its place and its class", () => {
  const found: [unknown, string][] = [
    [new Map([[1, 2]]), "it is a Map"],
    [{ items: [1, { seen: new Set([1]) }] }, "items[1].seen is a Set"],
    [[new Blob(["x"])], "[0] is a Blob"],
    [{ cause: new Error("x") }, "cause is a Error"],
    [{ order: new Hidden() }, "order is a Hidden"],
    [{ later: Promise.resolve(1) }, "later is a Promise"],
    [{ a: new Map(), b: new Set() }, "a is a Map"],
  ];
  for (const [value, told] of found) assertEquals(findUnsayable(value), told);
});

Deno.test("what JSON can say is let through: empty objects, empty lists, dates, objects without a prototype", () => {
  const sayable = [
    {},
    [],
    { a: {}, b: [], c: null, d: "{}" },
    Object.create(null),
    new Date(0),
    { at: new Date(0), url: new URL("http://localhost/") },
    { toJSON: () => ({}) },
    new (class Point {
      x = 1;
    })(),
    "{}",
    7,
    null,
  ];
  for (const value of sayable) assertEquals(findUnsayable(value), undefined);
});
