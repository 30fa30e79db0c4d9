/** What the figures were taken on: one line. */
export function machineLine(): string {
  const cpu = /^model name\s*: (.+)$/m.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1];
  const megabytes = Math.round(Deno.systemMemoryInfo().total / 1024 / 1024);
  return `Machine: ${cpu ?? "unknown processor"}, ${navigator.hardwareConcurrency} cores, ` +
    `${megabytes} MB, Linux ${Deno.osRelease()}; load average before the run ` +
    Deno.loadavg()[0]!.toFixed(2);
}
