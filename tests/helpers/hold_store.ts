import { DatabaseSync } from "node:sqlite";

/** The service writes all the time: its turn must end first. */
const LOCK_TIMEOUT_MS = 5_000;
/** Counted to measure the machine. */
const SAMPLE_ROWS = 200_000;

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
  const refusing = "begin select raise(abort, 'refused on purpose'); end";
  // What is compressed too, and blocks: it comes again in smaller writes, until the text can be read.
  db.exec(`create trigger refuse before insert on log_tail
    when instr(new.lines, cast('${text}' as blob)) or substr(new.lines, 1, 1) <> x'03' ${refusing};
    create trigger refuse_blocks before insert on log_data ${refusing}`);
}

/** From now on each write of a record whose line contains a text blocks its thread, about so long. */
export function slowRecords(path: string, text: string, blockedMs: number): void {
  using db = new DatabaseSync(path, { timeout: LOCK_TIMEOUT_MS });
  const count = (rows: number) =>
    `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${rows})
      select count(*) from n`;
  const beganMs = performance.now();
  db.exec(count(SAMPLE_ROWS));
  const rows = Math.ceil(SAMPLE_ROWS * blockedMs / (performance.now() - beganMs));
  db.exec(`create trigger slow before insert on log_tail when new.lines like '%${text}%'
    begin select (${count(rows)}); end`);
}

/** The store takes them again. */
export function takeRecords(path: string): void {
  using db = new DatabaseSync(path, { timeout: LOCK_TIMEOUT_MS });
  db.exec("drop trigger refuse; drop trigger refuse_blocks");
}
