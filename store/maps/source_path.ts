/** Names of original files, as bundlers write them. */

const MAX_PATH_CHARS = 500;

/** `webpack://shop/./src/cart.js?1a2b`, `webpack-internal:///./src/cart.js`, `turbopack:///[project]/src/cart.ts`. */
const BUNDLER_SCHEME = /^(?:webpack(?:-internal)?|turbopack|rollup|vite|ng|rsc|parcel):\/\//i;
/** What a bundler names after the project comes first in its addresses. */
const NAMESPACE = /^[^/]*\//;
/** Loaders say their options behind the path. */
const OPTIONS = /\?.*$/s;
const FROM_PARENTS = /^(?:\.{1,2}\/|\/\.{1,2}\/)+/;

/** What an error is grouped and shown by: the same in every build, as far as the bundler says it. */
export function sourcePath(source: string): string {
  let path = source;
  if (BUNDLER_SCHEME.test(path)) path = path.replace(BUNDLER_SCHEME, "").replace(NAMESPACE, "");
  path = path.replace(OPTIONS, "").replace("[project]/", "").replace(FROM_PARENTS, "");
  return path.slice(0, MAX_PATH_CHARS);
}

/** Whether it belongs to a package, or to the bundler itself. */
export function isLibrary(source: string): boolean {
  return /(?:^|\/)node_modules\/|(?:^|\/)\.(?:pnpm|yarn)\/|\/webpack\/(?:bootstrap|runtime)\b/.test(
    source,
  );
}
