/**
 * Why a store does not do what it is asked.
 *
 * @module
 */

/** The store cannot take or answer anything just now; the same call may succeed later. */
export class StoreBusy extends Error {
  /** The class's name, kept across minifiers and threads. */
  override name = "StoreBusy";
}

/** A cursor that this store did not give. */
export class BadCursor extends RangeError {
  /** The class's name, kept across minifiers and threads. */
  override name = "BadCursor";
}

/** An error cannot be merged into itself. */
export class BadMerge extends RangeError {
  /** The class's name, kept across minifiers and threads. */
  override name = "BadMerge";
}

/** Deleting everything has to be said in another way. */
export class BadPurge extends RangeError {
  /** The class's name, kept across minifiers and threads. */
  override name = "BadPurge";
}

/** A search that only leaves out is not exact enough to change all that match. */
export class BadSearch extends RangeError {
  /** The class's name, kept across minifiers and threads. */
  override name = "BadSearch";
}

/** What cannot be split off. */
export class BadSplit extends RangeError {
  /** The class's name, kept across minifiers and threads. */
  override name = "BadSplit";
}

/** There are as many keys as there may be. */
export class TooManyKeys extends RangeError {
  /** The class's name, kept across minifiers and threads. */
  override name = "TooManyKeys";
}
