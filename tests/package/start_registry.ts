import { until } from "../helpers/until.ts";
import { Running } from "../helpers/start_service.ts";

const VERDACCIO = new URL("./registry/", import.meta.url).pathname;
const SCOPE = "@holdfast";

/** A registry of npm's kind on this machine, with nothing in it but what was published to it. */
export interface Registry extends AsyncDisposable {
  /** Has an empty folder's npm and Deno ask it for our scope; all others come from where they always do. */
  use(folder: string): void;
  /** Publishes a package's file, as of long ago. */
  publish(file: string): Promise<void>;
}

/** Starts Verdaccio with a storage in the folder. */
export async function startRegistry(folder: string): Promise<Registry> {
  if (!isInstalled()) await runNpm(["ci", "--prefer-offline", "--no-audit"], VERDACCIO);
  const config = `${folder}/verdaccio.yaml`;
  Deno.writeTextFileSync(
    config,
    `storage: ${folder}/storage
packages:
  "${SCOPE}/*": { access: $all, publish: $all }
`,
  );
  const port = freePort();
  const registry = `http://127.0.0.1:${port}/`;
  const running = new Running(
    new Deno.Command("node", {
      args: [
        ...[`${VERDACCIO}node_modules/verdaccio/bin/verdaccio`, "--config", config],
        ...["--listen", `127.0.0.1:${port}`],
      ],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn(),
  );
  await until(() => running.hasEnded || running.output.includes("http address"), {
    what: () => `the registry says that it listens; so far: ${running.output}`,
  });
  const use = (project: string) =>
    Deno.writeTextFileSync(
      `${project}/.npmrc`,
      // It asks nobody for a name, npm wants to tell one.
      `${SCOPE}:registry=${registry}\n//127.0.0.1:${port}/:_authToken=anybody\n`,
    );
  return {
    use,
    async publish(file) {
      use(folder);
      await runNpm(["publish", "--fetch-retries=0", file], folder);
      makeOld(`${folder}/storage/${SCOPE}/holdfast/package.json`);
    },
    async [Symbol.asyncDispose]() {
      running.kill("SIGKILL");
      await running.ended;
      forget(port);
    },
  };
}

/** Deno takes no version within a day of its publication, for fear of stolen packages. */
function makeOld(path: string): void {
  const text = Deno.readTextFileSync(path);
  const today = new Date().toISOString().slice(0, 10);
  Deno.writeTextFileSync(path, text.replaceAll(`"${today}T`, '"2026-01-01T'));
}

function isInstalled(): boolean {
  const [wished, installed] = ["package-lock.json", "node_modules/.package-lock.json"].map(
    (name) => {
      try {
        return Deno.statSync(VERDACCIO + name).mtime!.getTime();
      } catch {
        return 0;
      }
    },
  );
  return installed! >= wished!;
}

async function runNpm(args: string[], cwd: string): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command("npm", { args, cwd }).output();
  if (success) return;
  throw new Error(
    `npm ${args.join(" ")}: ${new TextDecoder().decode(stdout)}${new TextDecoder().decode(stderr)}`,
  );
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** What Deno keeps of a registry that is gone helps nobody. */
function forget(port: number): void {
  const { stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync();
  const { npmCache } = JSON.parse(new TextDecoder().decode(stdout));
  for (const { name } of Deno.readDirSync(npmCache)) {
    if (name.startsWith("127.0.0.1") && name.endsWith(String(port))) {
      Deno.removeSync(`${npmCache}/${name}`, { recursive: true });
    }
  }
}
