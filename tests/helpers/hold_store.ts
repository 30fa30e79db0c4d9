import { DatabaseSync } from "node:sqlite";

/** The service writes all the time: its turn must end first. */
const LOCK_TIMEOUT_MS = 5_000;

/** Until it is disposed of, nobody else can write to the store. */
export function holdStore(path: string): Disposable {
  const db = new DatabaseSync(path, { timeout: LOCK_TIMEOUT_MS });
  db.exec("begin immediate");
  return {
    [Symbol.dispose]() {
      if (!db.isOpen) return;
      db.exec("rollback");
      db.close();
    },
  };
}

/** From now on the store refuses for ever every write with a record whose line contains a text. */
export function refuseRecords(path: string, text: string): void {
  using db = new DatabaseSync(path, { timeout: LOCK_TIMEOUT_MS });
  db.exec(`create trigger refuse before insert on log_tail when new.lines like '%${text}%'
    begin select raise(abort, 'refused on purpose'); end`);
}

/** The store takes them again. */
export function takeRecords(path: string): void {
  using db = new DatabaseSync(path, { timeout: LOCK_TIMEOUT_MS });
  db.exec("drop trigger refuse");
}
