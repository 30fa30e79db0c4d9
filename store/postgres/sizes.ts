/**
 * The books of what is stored are several rows, so that writers do not wait for one another.
 *
 * @module
 */
/**
 * The row of `sizes` that a transaction counts in. By the server's own process, of which each has one transaction at a time:
 * instances in containers are all process 1, and behind a pooler a thousand of them share a few connections.
 */
export const SLOT: string = "pg_backend_pid() % 64";
