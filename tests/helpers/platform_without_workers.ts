/**
 * Loaded before the service: from then on it is on a platform that has no Web Workers.
 *
 * @module
 */
import { withoutWorkers } from "./without_workers.ts";

withoutWorkers();
