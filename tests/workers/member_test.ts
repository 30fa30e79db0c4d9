import { assertEquals, assertRejects } from "@std/assert";
import { Member } from "../../workers/member.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

Deno.test("whoever is named as the supervisor and is none loses nothing", async () => {
  using folder = tempFolder();
  Deno.writeTextFileSync(folder.at("precious"), "");
  using listener = Deno.listen({ transport: "unix", path: folder.at("socket") });
  const closing = listener.accept().then((connection) => connection.close());
  await assertRejects(
    () => Member.join({ worker: 1, socket: folder.at("socket") }),
    Error,
    "the supervisor has gone",
  );
  await closing;
  assertEquals(Array.from(Deno.readDirSync(folder.path), ({ name }) => name).sort(), [
    "precious",
    "socket",
  ]);
});
