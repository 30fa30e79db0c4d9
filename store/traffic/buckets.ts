/** Durations of requests, counted in buckets: exact counts in little room, from which percentiles are read. */

/** Upper bounds of the durations' buckets, in milliseconds; one more bucket is for what is slower than all. */
export const BOUNDS_MS: readonly number[] = [
  ...[1, 2.5, 5, 10, 25, 50, 100, 250, 500],
  ...[1_000, 2_500, 5_000, 10_000],
];

/** The columns that hold a count a bucket. */
export const BUCKET_COLUMNS: readonly string[] = Array.from(
  { length: BOUNDS_MS.length + 1 },
  (_, bucket) => `b${bucket}`,
);

/** The bucket of a duration. */
export function bucketOf(durationMs: number, boundsMs: readonly number[] = BOUNDS_MS): number {
  let bucket = 0;
  while (bucket < boundsMs.length && durationMs > boundsMs[bucket]!) bucket++;
  return bucket;
}

/**
 * How long this part of the requests took at most, in milliseconds; null without any. Linear within a bucket; the slowest bucket
 * counts as its lower bound.
 */
export function percentile(
  buckets: ArrayLike<number>,
  part: number,
  boundsMs: readonly number[] = BOUNDS_MS,
): number | null {
  const requests = sumOf(buckets);
  if (requests === 0) return null;
  let missing = requests * part;
  for (const [index, boundMs] of boundsMs.entries()) {
    const count = buckets[index]!;
    const fromMs = boundsMs[index - 1] ?? 0;
    if (count >= missing) return fromMs + (boundMs - fromMs) * (missing / count);
    missing -= count;
  }
  return boundsMs.at(-1)!;
}

/** Every request is in one bucket. */
export function sumOf(buckets: ArrayLike<number>): number {
  let sum = 0;
  for (let bucket = 0; bucket < buckets.length; bucket++) sum += buckets[bucket]!;
  return sum;
}
