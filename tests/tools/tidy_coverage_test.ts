import { assertEquals } from "@std/assert";
import { tidyCoverage } from "../../tools/tidy_coverage.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

Deno.test("torn coverage files go, whole ones stay", () => {
  using folder = tempFolder();
  Deno.writeTextFileSync(folder.at("whole.json"), '{\n  "result": []\n}');
  Deno.writeTextFileSync(folder.at("torn.json"), '{\n  "resul');
  Deno.writeTextFileSync(folder.at("empty.json"), "");
  assertEquals(tidyCoverage(folder.path), 2);
  assertEquals(Array.from(Deno.readDirSync(folder.path), ({ name }) => name), ["whole.json"]);
});
