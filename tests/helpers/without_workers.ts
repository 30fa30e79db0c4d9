/**
 * Loaded before the service: from then on it is on a platform that has no Web Workers.
 *
 * @module
 */
Object.assign(globalThis, { Worker: undefined });
