/**
 * Opens a store of version 5 and moves its log into blocks, for a test that kills it: prints a line before it opens the store, one for
 * each step, and "all" at the end. Arguments: the store's path.
 *
 * @module
 */
import { openSqlite } from "../../../store/open.ts";

const [path] = Deno.args as [string];
const LIMITS = { days: 36_500, keepOccurrences: 100, maxMegabytes: 1024 };
console.log("opening");
const store = await openSqlite({ path });
while ((await store.sweep(LIMITS, Date.now())).more) console.log("moved");
await store.close();
console.log("all");
