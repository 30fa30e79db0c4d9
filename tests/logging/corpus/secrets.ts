/**
 * Inputs with a secret in them, as they are met in the field: names of environments, headers and fields, structures, free text.
 * All values are made up. Keys of known form are put together here, so that no scanner takes them for real ones.
 *
 * @module
 */

/** An input and what must not be left of it. */
export interface SecretCase {
  /** A value as it is logged: a text, or what JSON can say. */
  input: unknown;
  /** The part of it that is the secret. */
  secret: string;
}

/** What people choose. */
const PASSWORD = "hunter2-Zq9";
/** What machines make. */
const OPAQUE = "q7Rz81LmPx04VtYc93KdWb62";
const HEX = "9f86d081884c7d659a2feaa0c55ad015";
/** Stands in a text for the secret. */
const HOLE = "§";

const ENVIRONMENT_PASSWORDS = [
  ...["SMTP_PASSWORD", "DB_PASSWORD", "MYSQL_ROOT_PASSWORD", "POSTGRES_PASSWORD", "REDIS_PASSWORD"],
  ...["PGPASSWORD", "MYSQL_PWD", "MONGO_INITDB_ROOT_PASSWORD", "RABBITMQ_DEFAULT_PASS", "DB_PASS"],
  ...[
    "EMAIL_HOST_PASSWORD",
    "LDAP_BIND_PASSWORD",
    "KEYSTORE_PASSWORD",
    "GF_SECURITY_ADMIN_PASSWORD",
  ],
  ...["ELASTIC_PASSWORD", "MAIL_PASSWORD", "ADMIN_PASSWD", "SSH_PASSPHRASE", "KC_DB_PASSWORD"],
  ...[
    "DATABASE_PASSWORD_PROD",
    "WORDPRESS_DB_PASSWORD",
    "SA_PASSWORD",
    "SPRING_DATASOURCE_PASSWORD",
  ],
];

const ENVIRONMENT_TOKENS = [
  ...["GITHUB_TOKEN", "GH_TOKEN", "NPM_TOKEN", "SLACK_BOT_TOKEN", "DISCORD_TOKEN", "VAULT_TOKEN"],
  ...[
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "STRIPE_SECRET_KEY",
    "STRIPE_API_KEY",
    "JWT_SECRET",
  ],
  ...[
    "SECRET_KEY_BASE",
    "DJANGO_SECRET_KEY",
    "APP_KEY",
    "NEXTAUTH_SECRET",
    "SESSION_SECRET",
    "DD_API_KEY",
  ],
  ...[
    "OPENAI_API_KEY",
    "ANTHROPIC_API_KEY",
    "SENDGRID_API_KEY",
    "TWILIO_AUTH_TOKEN",
    "SENTRY_AUTH_TOKEN",
  ],
  ...[
    "CLOUDFLARE_API_TOKEN",
    "DIGITALOCEAN_ACCESS_TOKEN",
    "AZURE_CLIENT_SECRET",
    "AZURE_STORAGE_KEY",
  ],
  ...[
    "GOOGLE_CLIENT_SECRET",
    "HEROKU_API_KEY",
    "NETLIFY_AUTH_TOKEN",
    "VERCEL_TOKEN",
    "CI_JOB_TOKEN",
  ],
  ...[
    "STRIPE_WEBHOOK_SECRET",
    "ENCRYPTION_KEY",
    "SIGNING_KEY",
    "MASTER_KEY",
    "RAILS_MASTER_KEY",
    "API_SECRET",
  ],
  ...[
    "NEW_RELIC_LICENSE_KEY",
    "ALGOLIA_ADMIN_KEY",
    "SUPABASE_SERVICE_ROLE_KEY",
    "TELEGRAM_BOT_TOKEN",
  ],
  ...[
    "COOKIE_SECRET",
    "SNOWFLAKE_PRIVATE_KEY",
    "MAILGUN_API_KEY",
    "SENTRY_SECRET",
    "HMAC_KEY",
    "OAUTH_CLIENT_SECRET",
  ],
];

const HEADERS = [
  ...["authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "X-API-Key", "X-Auth-Token"],
  ...["X-Amz-Security-Token", "X-CSRF-Token", "X-XSRF-TOKEN", "X-Vault-Token", "PRIVATE-TOKEN"],
  ...["X-Goog-Api-Key", "Ocp-Apim-Subscription-Key", "X-Shopify-Access-Token", "X-Gitlab-Token"],
  ...[
    "DD-API-KEY",
    "X-Auth-Key",
    "X-Session-Token",
    "api-key",
    "apikey",
    "X-Functions-Key",
    "x-access-token",
  ],
  ...["X-Api-Secret", "Job-Token", "X-Figma-Token", "X-Forwarded-Access-Token", "X-Plex-Token"],
];

const FIELDS = [
  ...[
    "password",
    "adminPassword",
    "newPassword",
    "currentPassword",
    "passwordConfirmation",
    "user_password",
  ],
  ...[
    "stripe_secret_key",
    "accessTokenSecret",
    "accessToken",
    "refresh_token",
    "idToken",
    "clientSecret",
  ],
  ...[
    "apiKey",
    "secretAccessKey",
    "privateKey",
    "sessionToken",
    "csrfToken",
    "authToken",
    "botToken",
  ],
  ...[
    "webhookSecret",
    "encryptionKey",
    "passphrase",
    "userPwd",
    "db.password",
    "spring.datasource.password",
  ],
  ...[
    "user[password]",
    "account[api_key]",
    "credentials.secret",
    "smtp.auth.pass",
    "jwt",
    "otp",
    "totpSecret",
  ],
  ...[
    "client_assertion",
    "code_verifier",
    "password_hash",
    "resetToken",
    "deviceToken",
    "magicLinkToken",
  ],
  ...[
    "cvv",
    "card_number",
    "ssn",
    "mfaCode",
    "recovery_codes",
    "APIKey",
    "OAuthToken",
    "dbpassword",
  ],
  ...[
    "authtoken",
    "secretkey",
    "sessionid",
    "PHPSESSID",
    "connect.sid",
    "shared_access_key",
    "x-amz-signature",
  ],
];

const TEXTS_WITH_PASSWORD = [
  `postgres://app:${HOLE}@db:5432/x`,
  `mysql://root:${HOLE}@127.0.0.1/shop?charset=utf8`,
  `mongodb+srv://u:${HOLE}@cluster0.ab1cd.mongodb.net/test`,
  `redis://:${HOLE}@cache:6379/0`,
  `amqp://guest:${HOLE}@mq:5672/%2f`,
  `could not connect to ftp://bob:${HOLE}@files.example.org/in: refused`,
  `git clone https://oauth2:${HOLE}@gitlab.example.org/a/b.git`,
  `Server=tcp:db.example.org,1433;Database=shop;User ID=sa;Password=${HOLE};Encrypt=true`,
  `Data Source=.;Initial Catalog=x;User Id=app;Pwd=${HOLE}`,
  `host=db port=5432 user=app password=${HOLE} dbname=shop sslmode=require`,
  `jdbc:sqlserver://db:1433;user=sa;password=${HOLE}`,
  `jdbc:mysql://db/shop?user=app&password=${HOLE}`,
  `amqps://shop:${HOLE}@b-1.mq.eu-central-1.amazonaws.com:5671`,
  `<password>${HOLE}</password>`,
  `<wsse:Password Type="http://docs.oasis-open.org/wss#PasswordText">${HOLE}</wsse:Password>`,
  `<user><name>ann</name><Password>${HOLE}</Password></user>`,
  `<add key="SmtpPassword" value="${HOLE}" />`,
  `<input type="password" name="password" value="${HOLE}">`,
  `<connection user="app" password="${HOLE}"/>`,
  `<server><username>ci</username><password>${HOLE}</password></server>`,
  `------b\r\nContent-Disposition: form-data; name="password"\r\n\r\n${HOLE}\r\n------b--`,
  `--x\nContent-Disposition: form-data; name="user[password]"\n\n${HOLE}\n--x--`,
  `CREATE USER 'app'@'%' IDENTIFIED BY '${HOLE}'`,
  `ALTER USER app WITH PASSWORD '${HOLE}'`,
  `CREATE ROLE app LOGIN ENCRYPTED PASSWORD '${HOLE}'`,
  `SET PASSWORD FOR 'app'@'%' = '${HOLE}'`,
  `UPDATE users SET password='${HOLE}' WHERE id=7`,
  `ALTER USER 'root'@'localhost' IDENTIFIED WITH mysql_native_password BY '${HOLE}'`,
  `mysqldump --user=root --password=${HOLE} shop`,
  `psql --password ${HOLE} -h db`,
  `deploy --db-password ${HOLE} --verbose`,
  `curl -u ann:${HOLE} https://example.org/`,
  `curl --user ann:${HOLE} -X POST https://example.org`,
  `curl -sS -XPOST -u 'ann:${HOLE}' https://example.org/`,
  `mysql -uroot -p${HOLE} shop`,
  `sshpass -p ${HOLE} ssh root@10.0.0.1`,
  `docker login -u ann -p ${HOLE} registry.example.org`,
  `redis-cli -h cache -a ${HOLE} ping`,
  `PGPASSWORD=${HOLE} pg_dump shop`,
  `docker run -e MYSQL_ROOT_PASSWORD=${HOLE} mysql:8`,
  `export SMTP_PASSWORD="${HOLE}"`,
  `smtp_password: ${HOLE}`,
  `  db:\n    password: ${HOLE}\n    user: app`,
  `login failed for ann with password: ${HOLE}`,
  `user=ann password='${HOLE}, x' ok`,
  `the password is ${HOLE}, please change it`,
  `wrong password "${HOLE}" for ann`,
  `{"user":"ann","password":"${HOLE}`,
  `{'user': 'ann', 'password': '${HOLE}'}`,
  `User(name=ann, password=${HOLE}, age=3)`,
  `{:password=>"${HOLE}", :name=>"ann"}`,
  `#<User name: "ann", password: "${HOLE}">`,
  `body: user%5Bpassword%5D=${HOLE}&user%5Bname%5D=ann`,
  `POST /login HTTP/1.1 user=ann&pass%77ord=${HOLE}`,
  `/cb?next=/home&new_password=${HOLE}`,
  `requirepass ${HOLE}`,
  `machine example.org login ann password ${HOLE}`,
  `Basic ${btoa(`ann:${PASSWORD}`)}`,
].map((text) => ({ text, secret: PASSWORD }));

const TEXTS_WITH_TOKEN = [
  `GET /?access_token=${HOLE}&limit=3`,
  `Authorization: Bearer ${HOLE}`,
  `authorization: Token ${HOLE}`,
  `curl -H "X-Api-Key: ${HOLE}" https://example.org`,
  `curl -H 'PRIVATE-TOKEN: ${HOLE}' https://gitlab.example.org/api/v4/user`,
  `Set-Cookie: sid=${HOLE}; Path=/; HttpOnly`,
  `Cookie: theme=dark; session=${HOLE}`,
  `DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=${HOLE};EndpointSuffix=core.windows.net`,
  `Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${HOLE}`,
  `https://shop.blob.core.windows.net/a/b?sv=2022-11-02&sp=r&sig=${HOLE}`,
  `https://b.s3.amazonaws.com/k?X-Amz-Expires=300&X-Amz-Signature=${HOLE}`,
  `//registry.npmjs.org/:_authToken=${HOLE}`,
  `terraform apply -var api_token=${HOLE}`,
  `gh auth --with-token --api-key ${HOLE}`,
  `refresh token ${HOLE} was revoked`,
  `invalid api key: ${HOLE}`,
  `apiKey: '${HOLE}',`,
  `const secret = "${HOLE}"`,
  `wss://example.org/live?token=${HOLE}`,
  `token=${HOLE}`,
  `reset link: https://example.org/reset?reset_token=${HOLE}`,
  `[session_id] => ${HOLE}`,
  `X-Vault-Token: ${HOLE}`,
  `{"level":"info","api_key":"${HOLE}"} trailing`,
  `{\\"clientSecret\\":\\"${HOLE}\\"}`,
  `sent Bearer ${HOLE} to upstream`,
].map((text) => ({ text, secret: OPAQUE }));

const UPPER = "Q7RZ81LMPX04VTYC";
const LONG = `${OPAQUE}${OPAQUE}`;

/** Keys that their form gives away, each with a word before and after. */
const KEYS = [
  "AK" + "IA" + UPPER,
  "AS" + "IA" + UPPER,
  "gh" + "p_" + LONG.slice(0, 36),
  "gh" + "s_" + LONG.slice(0, 36),
  "github" + "_pat_" + LONG,
  "glp" + "at-" + OPAQUE.slice(0, 20),
  "xo" + "xb-123456789012-123456789012-" + OPAQUE,
  "xa" + "pp-1-A012-123-" + OPAQUE,
  "sk_" + "live_" + OPAQUE,
  "rk_" + "test_" + OPAQUE,
  "wh" + "sec_" + OPAQUE,
  "AI" + "za" + LONG.slice(0, 35),
  "ya" + "29." + LONG,
  "GOC" + "SPX-" + OPAQUE,
  "sk-" + "ant-api03-" + LONG,
  "sk-" + "proj-" + LONG,
  "npm" + "_" + LONG.slice(0, 36),
  "pypi" + "-AgEIcHlwaS5vcmc" + LONG,
  "SG" + "." + OPAQUE.slice(0, 22) + "." + LONG.slice(0, 43),
  "dop" + "_v1_" + HEX + HEX,
  "hv" + "s." + OPAQUE,
  "shp" + "at_" + HEX,
  "lin" + "_api_" + LONG.slice(0, 40),
  "nt" + "n_" + LONG.slice(0, 40),
  "fig" + "d_" + LONG.slice(0, 40),
  "hf" + "_" + LONG.slice(0, 34),
  "glc" + "_" + LONG,
  "NR" + "AK-" + UPPER + UPPER.slice(0, 11),
  "sq0" + "atp-" + OPAQUE.slice(0, 22),
  "dckr" + "_pat_" + OPAQUE,
  "dapi" + HEX,
  "sntr" + "ys_" + LONG,
  "ATATT3" + LONG,
  "key-" + HEX,
  HEX + "-us14",
  "12345678" + ":AA" + LONG.slice(0, 33),
  "https://hooks.slack" + ".com/services/T012AB3CD/B012AB3CD/" + OPAQUE,
  "https://discord" + ".com/api/webhooks/123456789012345678/" + LONG,
  "https://api.telegram" + ".org/bot12345678:AA" + LONG.slice(0, 33) + "/getMe",
  "https://shop.webhook.office" + ".com/webhookb2/" + HEX + "@" + HEX + "/IncomingWebhook/" + HEX,
  "https://hooks.zapier" + ".com/hooks/catch/123456/" + OPAQUE,
  "ey" + "JhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0." + OPAQUE,
  "4111 1111 1111 1111",
  "5555-5555-5555-4444",
  "4111.1111.1111.1111",
  "DE89 3704 0044 0532 0130 00",
  "GB82WEST12345698765432",
  "FR1420041010050500013M02606",
].map((key) => ({ input: `before ${key} after`, secret: secretPart(key) }));

/** Of an address the longest part is the secret. */
export function secretPart(key: string): string {
  if (!key.startsWith("https:")) return key;
  return key.split("/").toSorted((a, b) => b.length - a.length)[0] ?? key;
}

const PRIVATE = "-----BEGIN " + "PRIVATE KEY-----\nMIIEvQIBADANBgkq\n-----END PRIVATE KEY-----";

const STRUCTURES: SecretCase[] = [
  { name: "password", value: PASSWORD },
  { key: "DB_PASSWORD", value: PASSWORD },
  { Name: "AdminPassword", Value: PASSWORD },
  { key: "api_key", val: PASSWORD },
  { k: "secret", v: PASSWORD },
  { env: [{ name: "PORT", value: "1" }, { name: "GITHUB_TOKEN", value: PASSWORD }] },
  { headers: [{ name: "Authorization", value: `Bearer ${PASSWORD}` }] },
  { key: "db.password", value: { stringValue: PASSWORD } },
  { ParameterKey: "DbPassword", ParameterValue: PASSWORD },
  { location: "body", param: "password", msg: "too short", value: PASSWORD },
  { type: "string_too_short", loc: ["body", "password"], input: PASSWORD },
  { path: ["user", "password"], message: "too short", received: PASSWORD },
  [["authorization", PASSWORD]],
  [["host", "a"], ["X-Api-Key", PASSWORD]],
  { rawHeaders: ["Host", "a", "Cookie", `a=${PASSWORD}`] },
  ["content-type", "text/plain", "x-auth-token", PASSWORD],
  ["--user", "ann", "--password", PASSWORD],
  ["curl", "-u", `ann:${PASSWORD}`],
  ["deploy", `--token=${PASSWORD}`],
  { secret: { deep: [PASSWORD] } },
  { tokens: [PASSWORD, "x"] },
  { credentials: { user: "ann", key: PASSWORD } },
  { body: JSON.stringify({ a: JSON.stringify({ password: PASSWORD }) }) },
  { body: `user=ann&password=${PASSWORD}` },
  { auth: { username: "ann", password: PASSWORD } },
  { cookies: { sid: PASSWORD } },
  { sql: "insert into t values ($1)", password: PASSWORD },
].map((input) => ({ input, secret: PASSWORD }));

const named = (names: readonly string[], secret: string): SecretCase[] =>
  names.map((name) => ({ input: { [name]: secret }, secret }));
const assigned = (names: readonly string[], secret: string): SecretCase[] =>
  names.map((name) => ({ input: `${name}=${secret}`, secret }));

/** All of them. */
export const SECRETS: readonly SecretCase[] = [
  ...named(ENVIRONMENT_PASSWORDS, PASSWORD),
  ...assigned(ENVIRONMENT_PASSWORDS, PASSWORD),
  ...named(ENVIRONMENT_TOKENS, OPAQUE),
  ...assigned(ENVIRONMENT_TOKENS, OPAQUE),
  ...named(HEADERS, OPAQUE),
  ...HEADERS.map((name) => ({ input: `> ${name}: ${OPAQUE}`, secret: OPAQUE })),
  ...named(FIELDS, PASSWORD),
  ...[...TEXTS_WITH_PASSWORD, ...TEXTS_WITH_TOKEN].map(({ text, secret }) => ({
    input: text.replaceAll(HOLE, secret),
    secret: text.includes(HOLE) ? secret : btoa(`ann:${secret}`),
  })),
  ...KEYS,
  { input: `key: ${PRIVATE} end`, secret: "MIIEvQIBADANBgkq" },
  { input: { pem: PRIVATE }, secret: "MIIEvQIBADANBgkq" },
  ...STRUCTURES,
];
