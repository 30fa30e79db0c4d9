import { assert, assertEquals } from "@std/assert";
import { createTextMask } from "../../logging/redact/mask_text.ts";
import { createRedactor } from "../../logging/redact/redact.ts";

const redactor = createRedactor();
const MASK = "[redacted]";
const ACCOUNT = "DE89 3704 0044 0532 0130 00";

/** What is to be kept of a text, `[redacted]` in place of what is not. */
const TEXTS: Record<string, string> = {
  // Markup and forms.
  "<a><password>x1</password></a>": `<a><password>${MASK}</password></a>`,
  "<wsse:Password Type='t'>x1</wsse:Password>": `<wsse:Password Type='t'>${MASK}</wsse:Password>`,
  "<pwd><![CDATA[x1]]></pwd>": `<pwd><![CDATA[${MASK}]]></pwd>`,
  '<add key="SmtpPassword" value="x1"/>': `<add key="SmtpPassword" value="${MASK}"/>`,
  '<input value="x1" name="password">': `<input value="${MASK}" name="password">`,
  '<entry key="db.password">x1</entry>': `<entry key="db.password">${MASK}</entry>`,
  '--b\r\nContent-Disposition: form-data; name="pwd"\r\n\r\nx1\r\n--b--':
    `--b\r\nContent-Disposition: form-data; name="pwd"\r\n\r\n${MASK}\r\n--b--`,
  // SQL.
  "CREATE USER a IDENTIFIED BY 'x1'": `CREATE USER a IDENTIFIED BY '${MASK}'`,
  "ALTER ROLE a PASSWORD 'it''s x1'": `ALTER ROLE a PASSWORD '${MASK}''s x1'`,
  "insert into users (name, password) values ('a', 'x1'), ('b', 'x2')":
    `insert into users (name, password) values ('a', '${MASK}'), ('b', '${MASK}')`,
  "insert into users (password, at) values ('x, (1)', now())":
    `insert into users (password, at) values ('${MASK}', now())`,
  // Commands.
  "deploy --db-password x1 --dry-run": `deploy --db-password ${MASK} --dry-run`,
  "curl -sS -u ann:x1 https://a.b": `curl -sS -u ann:${MASK} https://a.b`,
  "mysql -uroot -px1 shop": `mysql -uroot -p${MASK} shop`,
  "sshpass -p x1 ssh a@b": `sshpass -p ${MASK} ssh a@b`,
  // Parameters after other text, encoded.
  "body: user%5Bpassword%5D=x1&a=1": `body: user%5Bpassword%5D=${MASK}&a=1`,
  "POST /login (pass%77ord=x1)": `POST /login (pass%77ord=${MASK}`,
  // Connection strings.
  "Server=db;User Id=sa;Password=x1;Encrypt=true":
    `Server=db;User Id=sa;Password=${MASK};Encrypt=true`,
  "AccountKey=abc/def+1==;EndpointSuffix=x": `AccountKey=${MASK};EndpointSuffix=x`,
  "https://0123456789abcdef0123456789abcdef@o1.example.org/2": `https://${MASK}@o1.example.org/2`,
  // Names beside values.
  '[{"name":"password","value":"x1"}, trailing': `[{"name":"password","value":"${MASK}"}, trailing`,
  "define('DB_PASSWORD', 'x1');": `define('DB_PASSWORD', '${MASK}');`,
  "password=a&b1&user=ann": `password=${MASK}&user=ann`,
  // Numbers.
  [`to ${ACCOUNT}, thanks`]: `to ${MASK}, thanks`,
  "to DE89370400440532013000!": `to ${MASK}!`,
  "4111.1111.1111.1111": MASK,
  // Sentences.
  "the password is hunter2x1.": `the password is ${MASK}.`,
  'wrong password "hunter" for ann': `wrong password "${MASK}" for ann`,
};

for (const [before, after] of Object.entries(TEXTS)) {
  Deno.test(`a secret leaves the text: ${JSON.stringify(before)}`, () => {
    assertEquals(redactor.text(before, 2048), after);
  });
}

const HARMLESS = [
  "Unexpected token: string",
  "Unexpected token: name «foo», expected: punc «;»",
  "Invalid token: EOF",
  "password: must be at least 8 characters",
  "token: expired",
  "DE89 3704 0044 0532 0130 01",
  "DE89 3704 0044 0532 0130 00X",
  "<label for='password'>Password</label>",
  "SELECT password FROM users",
  "ls -p --color always; tar -u a:b",
  "password=$DB_PASSWORD token=*** secret=<hidden>",
  "file:///srv/app/token:12:5",
];

for (const harmless of HARMLESS) {
  Deno.test(`a harmless text stays: ${harmless}`, () => {
    assertEquals(redactor.text(harmless, 2048), harmless);
  });
}

/** Fields and lists in which a name stands beside its value. */
const STRUCTURES: [unknown, unknown][] = [
  [{ name: "password", value: "x" }, { name: "password", value: MASK }],
  [{ key: "user", value: "x" }, { key: "user", value: "x" }],
  [{ key: "api_key", val: { deep: "x1" } }, { key: "api_key", val: MASK }],
  [{ loc: ["body", "password"], input: "x1" }, { loc: ["body", "password"], input: MASK }],
  [[["authorization", "x"], ["host", "a"]], [["authorization", MASK], ["host", "a"]]],
  [["Host", "a", "Cookie", "b=c"], ["Host", "a", "Cookie", MASK]],
  [["password", "email"], ["password", "email"]],
  [["run", "--token", "x1", "-v"], ["run", "--token", MASK, "-v"]],
  [["curl", "-u", "ann:x1"], ["curl", "-u", MASK]],
  [{ errors: { password: ["can't be blank"] } }, { errors: { password: ["can't be blank"] } }],
];

for (const [before, after] of STRUCTURES) {
  Deno.test(`a name beside its value tells what it is: ${JSON.stringify(before)}`, () => {
    assertEquals(JSON.parse(redactor.json(JSON.stringify(before)).text), after);
  });
}

/** Of each of these a text of any length is made. Each begins what some expression looks for. */
const UNITS = [
  ...[
    "a",
    "A",
    "1",
    "-",
    "_",
    ".",
    ":",
    "=",
    '"',
    "'",
    "\\",
    "<",
    "%",
    "@",
    " ",
    "\n",
    "&",
    "{",
    "[",
  ],
  ...["a:", "a=", "<a>", "<a ", "<a><a>", "<password>", '<input name="password" ', '<password x="'],
  ...["password=", "password: ", "password ", "password", "the password is ", "password for ann "],
  ...[
    "--password ",
    "--a ",
    "-u ",
    "curl -u ",
    "curl ",
    "mysql -p",
    "docker login ",
    "ldapsearch ",
  ],
  ...['name="password"\n', "name=password\n", "IDENTIFIED BY '", "PASSWORD FOR ", "PASSWORD('"],
  ...[
    "INSERT INTO t (password) VALUES (",
    "INSERT INTO t (password) VALUES ('a'),",
    "'password','",
  ],
  ...['"name":"password",', '"name":"password","value":"', "eyJ-", "eyJabcdef.", "sk-abcdef-"],
  ...["sk-ab12-", "Bearer ", "Basic ", "://a:", "http://a@", "?a=%25&", "%25", "password%3D"],
  ...["-----BEGIN PRIVATE KEY-----", "4 ", "4111 ", "DE89 ", "DE89", "hooks.slack.com/services/"],
  ...["maker.ifttt.com/trigger/a/", "secret={", '"token":"\\', "Authorization: ", "cookie: a=b; "],
  ...[
    "key key key ",
    "token 'a' ",
    "passwordpassword",
    "password[",
    "\\npassword=",
    "SG.abcdefgh.",
  ],
];
const SHORT_CHARS = 12_500;
/**
 * Eight short texts take as long as one that is eight times as long where it is linear, and an eighth where it goes by the square:
 * between them is room for a machine that is busy. Of works that take as long it takes as much away.
 */
const TIMES_LONGER = 8;
const MAX_GROWTH = 4;
/** What is done sooner grows by no square that matters. */
const NEGLIGIBLE_MS = 500;
const RUNS = 3;

Deno.test("no text, however hostile, costs more than its length: 100 KB of anything", () => {
  const { mask } = createTextMask([]);
  for (const unit of UNITS) {
    const short = unit.repeat(Math.ceil(SHORT_CHARS / unit.length));
    const long = short.repeat(TIMES_LONGER);
    const longMs = leastMs(() => mask(long));
    if (longMs < NEGLIGIBLE_MS) continue;
    const growth = growthOf({ short, long }, mask);
    assert(growth < MAX_GROWTH, `${JSON.stringify(unit)} grows ${growth.toFixed(1)} times`);
  }
});

function growthOf(
  { short, long }: { short: string; long: string },
  mask: (text: string) => string,
): number {
  const ratio = () =>
    leastMs(() => mask(long)) / leastMs(() => {
      for (let time = 0; time < TIMES_LONGER; time++) mask(short);
    });
  let growth = ratio();
  // Another process may have had the machine meanwhile: what grows by the square does so each time.
  for (let again = 0; again < RUNS && growth >= MAX_GROWTH; again++) growth = ratio();
  return growth;
}

function leastMs(work: () => void): number {
  const times = Array.from({ length: RUNS }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return Math.min(...times);
}

Deno.test("a text of eight times the length takes no more than a few times as long a character", () => {
  const { mask } = createTextMask([]);
  for (const unit of [":sk-", "=sk-", "key: (", "key: [", "cookie: is "]) {
    const textOf = (chars: number) => `password x ${unit.repeat(chars / unit.length)}`;
    const growth = growthOf({ short: textOf(4_096), long: textOf(TIMES_LONGER * 4_096) }, mask);
    assert(growth < MAX_GROWTH, `${JSON.stringify(unit)} grows ${growth.toFixed(1)} times`);
  }
});
