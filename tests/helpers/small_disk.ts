/** A file system of a test's own that can be really full. */
export interface SmallDisk extends Disposable {
  /** Makes room. */
  grow(): void;
}

/** Mounts one at a path that is not there yet; undefined where the test may not mount. */
export function mountSmallDisk(
  path: string,
  { kilobytes, grownKilobytes }: { kilobytes: number; grownKilobytes: number },
): SmallDisk | undefined {
  Deno.mkdirSync(path);
  if (!run("mount", "-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", path)) return undefined;
  return {
    grow: () => void run("mount", "-o", `remount,size=${grownKilobytes}k`, path),
    // Lazy: another program may be looking at the mounts just now.
    [Symbol.dispose]: () => void run("umount", "--lazy", path),
  };
}

function run(command: string, ...args: string[]): boolean {
  try {
    return new Deno.Command(command, { args, stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

/** Fills the disk to the last byte. */
export function fillDisk(path: string): Disposable & { remove(): void } {
  const file = Deno.openSync(path, { create: true, write: true });
  for (let size = 64 * 1024; size >= 1;) {
    try {
      if (file.writeSync(new Uint8Array(size)) < size) size >>= 1;
    } catch {
      size >>= 1;
    }
  }
  return {
    remove: () => Deno.removeSync(path),
    [Symbol.dispose]: () => file.close(),
  };
}
