/** Addresses into paths: decoded here, once, and nowhere else. */

/**
 * The path of a `file:` address, decoded; a path or another address as it is, with `/` between folders. So a folder with a
 * space is the same folder in a stack, in the root and on the disk.
 */
export function toPath(address: string): string {
  const path = address.startsWith("file://") ? decoded(address.slice("file://".length)) : address;
  // `/C:/shop`, as an address has it, is `C:\shop`.
  return path.replaceAll("\\", "/").replace(/^\/(?=[a-z]:\/)/i, "");
}

/** A folder, path or `file:` address, as a path that ends in a slash. */
export function toFolder(address: string): string {
  return `${toPath(address).replace(/\/+$/, "")}/`;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // A lone `%`: no address, but somebody's name for a file.
    return path;
  }
}
