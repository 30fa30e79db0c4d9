/**
 * What every store promises of phrases in quotes and of what stands after a minus, in errors, logs and the live tail.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import type { LogQuery, Store } from "../../store/store.ts";
import { times } from "./entries.ts";
import type { StoreTest } from "./store_contract.ts";

/** Searches, and which of {@linkcode MESSAGES} they find. */
const SEARCHES: Record<string, readonly number[]> = {
  "train": [0, 1, 2],
  '"late train"': [0],
  '"Late  TRÄIN"': [0],
  '"train late"': [1],
  '"late trai"': [],
  "late trai": [0, 1, 2],
  "late -bus": [0, 1],
  'train -"late train"': [1, 2],
  "train -lat": [0, 1, 2],
  "-train": [3, 4, 5],
  '-train -"order 7"': [3, 5],
  "-train -bus": [3, 4, 5],
  "trai -bus": [0, 1],
  '-"" train': [0, 1, 2],
  '"say ""hi"""': [5],
  // Text that only looks like it.
  "-": [],
  "train -": [0, 1, 2],
  "train - -- ---": [0, 1, 2],
  "--train": [0, 1, 2],
  '"-7"': [3, 4],
  '"-7" -order': [3],
  "-7 exit": [],
  '"late train': [0, 1, 2],
  'train "': [0, 1, 2],
  '-"bus train': [0, 1],
  "-***": [],
  "train -***": [0, 1, 2],
  "train -level:ERROR": [0, 1, 2],
  "train -train": [],
};

const MESSAGES = [
  "the late train to Wörgl",
  "a train late again",
  "train and bus late",
  "exit code -7",
  "order 7 went astray",
  'they say "hi" and go',
];

/** Adds the tests to a suite. */
export function storeSearchContract(test: StoreTest): void {
  test("a search has phrases, and words that nothing found has", async (store, source) => {
    const entries = MESSAGES.map((message, i) =>
      source.failure(`k${i}`, { svc_name: `s${i}`, path: "/", error: { type: "E", message } })
    );
    await store.write(entries);
    const found: Record<string, unknown> = {};
    for (const q of Object.keys(SEARCHES)) {
      const { open } = await store.stateCounts({ q });
      const lists = await Promise.all([errorsOf(store, q), logsOf(store, q), tailOf(store, q)]);
      for (const list of lists) assertEquals([q, list], [q, SEARCHES[q]]);
      found[q] = open;
    }
    assertEquals(
      found,
      Object.fromEntries(
        Object.entries(SEARCHES).map(([q, places]) => [q, places.length]),
      ),
    );
    const id = entries[2]!.record.request_id!;
    assertEquals(await logsOf(store, `late -${id}`), [0, 1]);
    assertEquals(await errorsOf(store, `late -"${id}"`), [0, 1]);
    assertEquals(await errorsOf(store, `"${entries[1]!.record.error_id}" -bus`), [1]);
  });

  test(
    "an error is excluded by any of its occurrences that are found, and by no others",
    async (store, source) => {
      const say = (key: string, message: string) =>
        source.failure(key, { svc_name: key, error: { type: "E", message } });
      await store.write([
        say("s0", "red apple"),
        say("s0", "red pear"),
        say("s1", "red apple"),
        say("s1", "green pear"),
        say("s2", "green pear"),
      ]);
      assertEquals(await errorsOf(store, "red -pear"), [1]);
      assertEquals(await errorsOf(store, "-pear"), []);
      assertEquals(await errorsOf(store, "-red"), [2]);
      const page = await store.listErrors({ q: "-red", limit: 1, svc_name: "s2", state: "open" });
      assertEquals([page.total, page.items.length, page.next], [1, 1, null]);
      assertEquals((await store.changeAll({ q: "red -pear" }, { action: "mute" })).count, 1);
    },
  );

  test(
    "whatever is sought and excluded, what is found is what a plain reading finds",
    async (store, source) => {
      const words = ["ab", "cd", "ef"];
      const texts = times(
        24,
        (i) => times(4, (at) => words[(i * 7 + at * (i % 5) + at) % 3]).join(" "),
      );
      await store.write(
        texts.map((message, i) =>
          source.failure(`k${i}`, { svc_name: `s${i}`, path: "/", error: { type: "E", message } })
        ),
      );
      const phrase = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 3 });
      const term = fc.tuple(phrase, fc.boolean());
      await fc.assert(
        fc.asyncProperty(fc.array(term, { minLength: 1, maxLength: 4 }), async (terms) => {
          const q = terms.map(([some, isOut]) => `${isOut ? "-" : ""}"${some.join(" ")}"`).join(
            " ",
          );
          const wanted = texts.flatMap((text, i) =>
            terms.every(([some, isOut]) => text.includes(some.join(" ")) !== isOut) ? [i] : []
          );
          assertEquals(await errorsOf(store, q), wanted);
          assertEquals(await logsOf(store, q), wanted);
        }),
        { numRuns: 60 },
      );
    },
  );
}

/** Appended to the suite: it is asked of the log alone. */
export function storeOwnContract(test: StoreTest): void {
  test(
    "Holdfast's own records are left out where that is wanted, but for its failures",
    async (store, source) => {
      const say = (svc_name: string, parts: Parameters<typeof source.log>[0]) =>
        source.log({ svc_name, ...parts });
      await store.write([
        say("s0", { message: "the app speaks" }),
        say("s1", { message: "Started", own: true }),
        say("s2", { message: '"own":true', attrs: { own: true, text: '{"own":true}' } }),
        source.failure("k", { svc_name: "s3", own: true }),
        say("s4", { message: "refused", level: "WARN", own: true }),
      ]);
      const listed = async (query: Partial<LogQuery>) => [
        placesOf((await store.listLogs({ ...query, limit: 100 })).items),
        placesOf(
          (await store.logsAfter({ ...query, limit: 100 })).items.map(({ record }) => record),
        ),
      ];
      assertEquals(await listed({ own: false }), [[0, 2, 3], [0, 2, 3]]);
      assertEquals(await listed({ own: false, q: "-app", svc_name: "s2" }), [[2], [2]]);
      assertEquals(await listed({ own: false, level: "WARN" }), [[3], [3]]);
      assertEquals(await listed({ own: true }), await listed({}));
      assertEquals((await store.listLogs({ limit: 1 })).total, 5);
      assertEquals((await store.listLogs({ own: false, limit: 5 })).total, 3);
    },
  );
}

async function errorsOf(store: Store, q: string): Promise<number[]> {
  const { items } = await store.listErrors({ q, limit: 100 });
  return placesOf(items);
}

async function logsOf(store: Store, q: string): Promise<number[]> {
  return placesOf((await store.listLogs({ q, limit: 100 })).items);
}

async function tailOf(store: Store, q: string): Promise<number[]> {
  return placesOf((await store.logsAfter({ q, limit: 100 })).items.map(({ record }) => record));
}

/** By the services `s0`, `s1`, … */
function placesOf(found: readonly { svc_name: string }[]): number[] {
  return found.map(({ svc_name }) => Number(svc_name.slice(1))).sort((a, b) => a - b);
}
