import { assertEquals, assertRejects } from "@std/assert";
import { openPostgres } from "../../store/postgres.ts";
import { StoreBusy } from "../../store/store.ts";
import { fetchPrograms } from "../helpers/postgres_programs.ts";
import { type PostgresServer, startPostgres } from "../helpers/postgres_server.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const missing = fetchPrograms() ?? withoutOpenssl();

Deno.test({
  name: `postgres: sslmode decides whether the server is trusted${
    missing ? ` (skipped: ${missing})` : ""
  }`,
  ignore: missing !== undefined,
  fn: async () => {
    using folder = tempFolder();
    const certificate = folder.at("server.crt");
    await makeCertificate(certificate, folder.at("server.key"));
    await using server = await startPostgres();
    const url = await server.newDatabase();
    await assertBusy(`${url}?sslmode=require`, "does not support SSL");
    await turnTlsOn(server, [certificate, folder.at("server.key")]);
    assertEquals(await usesTls(server, `${url}?sslmode=disable`), false);
    assertEquals(await usesTls(server, `${url}?sslmode=no-verify`), true);
    const strict = `${url}?sslmode=verify-full`;
    assertEquals(await usesTls(server, `${strict}&sslrootcert=${certificate}`), true);
    await assertBusy(strict, "certificate");
    const otherHost = strict.replace("127.0.0.1", "localhost");
    await assertBusy(`${otherHost}&sslrootcert=${certificate}`, "cert");
  },
});

async function assertBusy(url: string, words: string): Promise<void> {
  const store = openPostgres(url);
  await assertRejects(() => store.health(), StoreBusy, words);
  await store.close();
}

/** Asks the server how the store is connected. */
async function usesTls(server: PostgresServer, url: string): Promise<unknown> {
  const store = openPostgres(url);
  await store.health();
  const [row] = await server.run(
    `select ssl from pg_stat_ssl join pg_stat_activity using (pid)
     where application_name = 'holdfast' and datname = '${new URL(url).pathname.slice(1)}'`,
  );
  await store.close();
  return row?.ssl;
}

/** The server reads its own folder: it may not look into ours. */
async function turnTlsOn(server: PostgresServer, [certificate, key]: string[]): Promise<void> {
  await server.adopt(certificate!);
  await server.adopt(key!);
  await server.run("alter system set ssl = on");
  await server.stop();
  await server.start();
}

async function makeCertificate(certificate: string, key: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("openssl", {
    args: [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
      ...["-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
      ...["-keyout", key, "-out", certificate],
    ],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

function withoutOpenssl(): string | undefined {
  try {
    new Deno.Command("openssl", { args: ["version"] }).outputSync();
  } catch {
    return "there is no openssl to make a certificate with";
  }
}
