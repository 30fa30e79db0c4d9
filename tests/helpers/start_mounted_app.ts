import { OPERATOR_TOKEN, ROOT } from "./start_app.ts";
import {
  environmentWithoutOurs,
  Running,
  type Service,
  serviceOf,
  type Variables,
} from "./start_service.ts";
import { tempFolder } from "./temp_folder.ts";
import { until } from "./until.ts";

const PREFIX = "/prefix";

/** The process of {@link ./mounted_app.ts}, behind a proxy that takes a prefix off. */
export interface MountedApp extends AsyncDisposable {
  /** The process. */
  readonly service: Service;
  /** The address people use: `http://127.0.0.1:40123/prefix`. */
  readonly publicUrl: string;
  /** Makes it fail; settles when that is stored. */
  fail(): Promise<void>;
}

/** Starts both. */
export async function startMountedApp(variables: Variables = {}): Promise<MountedApp> {
  const folder = tempFolder();
  let behind = "";
  const proxy = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => pass(request, behind),
  );
  const publicUrl = `http://127.0.0.1:${proxy.addr.port}${PREFIX}`;
  const storeUrl = `sqlite:${folder.at("holdfast.db")}`;
  const running = new Running(
    new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--allow-all", `${ROOT}tests/helpers/mounted_app.ts`],
      cwd: ROOT,
      clearEnv: true,
      env: {
        ...environmentWithoutOurs(),
        PORT: "0",
        OPERATOR_TOKEN,
        LOG_CONSOLE: "json",
        STORE_URL: storeUrl,
        PUBLIC_URL: publicUrl,
        ...variables,
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn(),
  );
  const release = () => folder[Symbol.dispose]();
  const service = await serviceOf(running, { storeUrl, release });
  behind = service.url;
  return {
    service,
    publicUrl,
    async fail() {
      const answer = await service.fetch("/orders/7");
      await answer.body?.cancel();
      const id = answer.headers.get("x-error-id");
      await until(async () => {
        const receipt = await service.fetch(
          `/holdfast?query_content=${id}&user_type=guest`,
        );
        await receipt.body?.cancel();
        return receipt.ok;
      }, { what: `the store holds ${id}` });
    },
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]();
      await proxy.shutdown();
    },
  };
}

/** As nginx does with `location /prefix/ { proxy_pass http://behind/; }`. */
async function pass(request: Request, behind: string): Promise<Response> {
  const { pathname, search, host } = new URL(request.url);
  if (!pathname.startsWith(`${PREFIX}/`)) {
    return new Response("nothing of ours is outside the prefix", { status: 404 });
  }
  const headers = new Headers(request.headers);
  headers.set("x-forwarded-host", host);
  const answer = await fetch(behind + pathname.slice(PREFIX.length) + search, {
    method: request.method,
    headers,
    body: request.body,
    redirect: "manual",
  });
  // Decoded on the way here.
  const passed = new Headers(answer.headers);
  if (passed.has("content-encoding")) passed.delete("content-length");
  passed.delete("content-encoding");
  return new Response(answer.body, { status: answer.status, headers: passed });
}
