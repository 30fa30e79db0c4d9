/**
 * Secrets in SQL: of statements that set a password, and of columns that hold one.
 *
 * @module
 */
import { isSecretOf } from "./looks_secret.ts";
import type { PairOptions } from "./mask_pairs.ts";

const TEXT = String.raw`'(?:[^'\\]|\\.|'')*'`;
/** `IDENTIFIED BY 'x'`, `SET PASSWORD FOR 'a'@'%' = 'x'`, `PASSWORD('x')`. */
const PASSWORD = new RegExp(
  String.raw`(\b(?:IDENTIFIED\s{1,10}(?:WITH\s{1,10}[\w"'` +
    "`" +
    String.raw`]{1,60}\s{1,10})?(?:BY|AS)\s{1,10}(?:PASSWORD\s{1,10})?` +
    String.raw`|PASSWORD\s{1,10}FOR\s[^=]{1,200}=\s{0,10}(?:PASSWORD\()?` +
    String.raw`|(?:PASSWORD|CRYPT|PASSPHRASE)\(\s{0,10}))(?:${TEXT}|"[^"\\]*")`,
  "gi",
);
const INSERT =
  /\b(?:INSERT|REPLACE)\s{1,10}(?:IGNORE\s{1,10})?INTO\s{1,10}[\w."`[\]]{1,200}\s{0,10}\(([^()]{1,4000})\)\s{0,10}VALUES\s{0,10}/gi;
const ROW = /\s{0,10},?\s{0,10}\(/y;
const ITEM = new RegExp(
  String.raw`\s{0,10}(${TEXT}|"[^"]*"|[^,()'"]*(?:\([^()]*\))?)\s{0,10}([,)])`,
  "y",
);

/** The text without passwords in SQL. */
export function maskSql(text: string, options: PairOptions): string {
  const masked = text.replace(PASSWORD, `$1'${options.mask}'`);
  return /\bINTO\b/i.test(masked) ? maskInserts(masked, options) : masked;
}

function maskInserts(text: string, { kindOf, mask }: PairOptions): string {
  let masked = "";
  let done = 0;
  for (const insert of text.matchAll(INSERT)) {
    const kinds = (insert[1] ?? "").split(",").map((column) =>
      kindOf(column.trim().replace(/["`[\]]/g, ""))
    );
    if (kinds.every((kind) => kind === "plain")) continue;
    ROW.lastIndex = insert.index + insert[0].length;
    while (ROW.test(text)) {
      ITEM.lastIndex = ROW.lastIndex;
      let item = ITEM.exec(text);
      for (let column = 0; item; column++) {
        const value = item[1] ?? "";
        const bare = value.replace(/^['"]|['"]$/g, "");
        if (isSecretOf(kinds[column] ?? "plain", bare) && bare !== value) {
          const from = item.index + item[0].indexOf(value) + 1;
          masked += text.slice(done, from) + mask;
          done = from + bare.length;
        }
        ROW.lastIndex = ITEM.lastIndex;
        if (item[2] === ")") break;
        item = ITEM.exec(text);
      }
      if (!item) break;
    }
  }
  return done === 0 ? text : masked + text.slice(done);
}
