/**
 * The names that the files beside this one know.
 *
 * @module
 */
export {
  PostgresDatabase as Database,
  type PostgresOptions,
  Session,
} from "../drivers/postgres.ts";
