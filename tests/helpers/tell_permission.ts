/** Loaded before `main.ts`: says whether the process may start programs when it begins to answer requests. */
const serve = Deno.serve;
Object.assign(Deno, {
  serve(...args: Parameters<typeof serve>) {
    console.log(`run permission: ${Deno.permissions.querySync({ name: "run" }).state}`);
    return serve(...args);
  },
});
