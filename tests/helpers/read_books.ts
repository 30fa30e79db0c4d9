import { assertEquals } from "@std/assert";
import type { Service } from "./start_service.ts";

/** The books of a process, from `/metrics`. */
export interface Books {
  /** Records taken. */
  accepted: number;
  /** Accepted by the store. */
  stored: number;
  /** Waiting. */
  pending: number;
  /** Whatever the reason. */
  dropped: number;
  /** Workers replaced. */
  restarts: number;
}

/** Reads them, and fails when they do not balance. */
export async function readBooks(service: Service): Promise<Books> {
  const text = await (await service.fetch("/metrics")).text();
  const total = (name: string) =>
    text.split("\n").filter((line) => line.startsWith(name))
      .reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
  const books = {
    accepted: total("holdfast_log_accepted_total"),
    stored: total("holdfast_log_stored_total"),
    pending: total("holdfast_log_pending"),
    dropped: total("holdfast_log_dropped_total"),
    restarts: total("holdfast_worker_restarts_total"),
  };
  assertEquals(books.accepted, books.stored + books.pending + books.dropped);
  return books;
}

/** A table for whoever reads the test's output. */
export function summary(rows: Record<string, unknown>): string {
  return Object.entries(rows).map(([name, value]) => `  ${name}: ${value}`).join("\n");
}
