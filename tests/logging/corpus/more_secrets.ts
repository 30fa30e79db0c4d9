/**
 * A second set, written after the rule and without a look at it: what the documentation of common products shows, with made-up values.
 *
 * @module
 */
import { type SecretCase, secretPart } from "./secrets.ts";

const PASSWORD = "Tr0ub4dor&3x";
const WORDY = "correcthorse";
const OPAQUE = "Yx9fK2mQ7vLp3sT8wZ1bN4cR6dH0jG5a";
const HEX = "b6d767d2f8ed5d21a44b0e5886680cb9";
const HOLE = "§";

const WITH_PASSWORD = [
  `MYSQL_PASSWORD="${HOLE}"`,
  `export DB_PASS='${HOLE}'`,
  `spring.datasource.password=${HOLE}`,
  `spring.mail.password: ${HOLE}`,
  `hibernate.connection.password ${HOLE}`,
  `password = "${HOLE}"`,
  `[client]\nuser=root\npassword=${HOLE}`,
  `'PASSWORD': '${HOLE}',`,
  `define('DB_PASSWORD', '${HOLE}');`,
  `$db_password = '${HOLE}';`,
  `sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="${HOLE}";`,
  `ssl.keystore.password=${HOLE}`,
  `Parameters: {"user"=>{"email"=>"a@b.c", "password"=>"${HOLE}"}, "commit"=>"Log in"}`,
  `&{User:ann Password:${HOLE} Age:3}`,
  `Credentials(username=ann, password=${HOLE})`,
  `LoginRequest{user='ann', password='${HOLE}'}`,
  `{"query":"mutation($p: String!)","variables":{"password":"${HOLE}"}}`,
  `ldapsearch -x -D cn=admin -w ${HOLE} -b dc=example`,
  `mongo --username ann --password ${HOLE} --host db`,
  `mysqladmin -u root --password='${HOLE}' status`,
  `rabbitmqctl add_user ann ${HOLE}`,
  `smbclient //server/share -U ann%${HOLE}`,
  `wget --http-password=${HOLE} http://example.org`,
  `curl -X POST -d 'username=ann&password=${HOLE}' https://example.org/login`,
  `curl --data '{"login":"ann","password":"${HOLE}"}' https://example.org`,
  `curl -su ann:${HOLE} https://example.org`,
  `http -a ann:${HOLE} GET example.org`,
  `ansible-playbook site.yml -e db_password=${HOLE}`,
  `helm install x --set auth.password=${HOLE}`,
  `keytool -storepass ${HOLE} -list`,
  `openssl pkcs12 -passin pass:${HOLE} -in a.p12`,
  `unzip -P ${HOLE} a.zip`,
  `postgresql://shop:${HOLE}@10.0.0.5/shop?sslmode=require`,
  `mssql://sa:${HOLE}@db/shop`,
  `smtp://mailer:${HOLE}@mail.example.org:587`,
  `connect to rediss://default:${HOLE}@cache.example.org:6380 failed`,
  `failed: sftp://backup:${HOLE}@10.1.1.1/in`,
  `Provider=SQLOLEDB;Data Source=db;User Id=sa;Password=${HOLE};`,
  `Driver={ODBC Driver 18};Server=db;UID=sa;PWD=${HOLE}`,
  `<property name="hibernate.connection.password">${HOLE}</property>`,
  `<property name="password" value="${HOLE}"/>`,
  `<soap:Body><Login><UserName>ann</UserName><PassWord>${HOLE}</PassWord></Login></soap:Body>`,
  `<Resource name="jdbc/x" username="sa" password="${HOLE}" />`,
  `<entry key="db.password">${HOLE}</entry>`,
  `GRANT ALL ON *.* TO 'a'@'%' IDENTIFIED BY '${HOLE}'`,
  `create user app with password '${HOLE}';`,
  `ALTER LOGIN sa WITH PASSWORD = '${HOLE}'`,
  `INSERT INTO users (name, password) VALUES ('ann', '${HOLE}')`,
  `select * from users where name='ann' and password='${HOLE}'`,
  `CREATE USER app PASSWORD '${HOLE}'`,
  `AUTH ${HOLE}`,
  `user ann logged in with password ${HOLE}`,
  `new password for ann: ${HOLE}`,
  `Your temporary password is ${HOLE}`,
  `initial admin password: ${HOLE}`,
  `Generated root password: ${HOLE}`,
  `echo ${HOLE} | sudo -S apt update`,
  `machine api.example.org\n  login ann\n  password ${HOLE}`,
  `wpa_passphrase="${HOLE}"`,
  `psk="${HOLE}"`,
  `"private_key_password": "${HOLE}"`,
  `bindPassword: "${HOLE}"`,
  `network={ ssid="home" passphrase="${HOLE}" }`,
].map((text) => ({ input: text.replaceAll(HOLE, PASSWORD), secret: PASSWORD }));

const WORDS_ALONE = [
  `password: ${HOLE}`,
  `db_password=${HOLE}`,
  `"password":"${HOLE}"`,
  `--password ${HOLE}`,
  `Password=${HOLE};`,
  `login with password=${HOLE} failed`,
  `password "${HOLE}" rejected`,
].map((text) => ({ input: text.replaceAll(HOLE, WORDY), secret: WORDY }));

const WITH_TOKEN = [
  `REACT_APP_API_KEY=${HOLE}`,
  `OPENAI_API_KEY: ${HOLE}`,
  `FIREBASE_TOKEN=${HOLE}`,
  `SONAR_TOKEN=${HOLE}`,
  `export HUGGINGFACEHUB_API_TOKEN=${HOLE}`,
  `DATADOG_APP_KEY=${HOLE}`,
  `MAPBOX_SECRET_TOKEN=${HOLE}`,
  `PUSHER_APP_SECRET=${HOLE}`,
  `CLERK_SECRET_KEY=${HOLE}`,
  `RECAPTCHA_SECRET=${HOLE}`,
  `TURNSTILE_SECRET_KEY=${HOLE}`,
  `JWT_SIGNING_KEY=${HOLE}`,
  `ALGOLIA_API_KEY=${HOLE}`,
  `INTERCOM_ACCESS_TOKEN=${HOLE}`,
  `ROLLBAR_ACCESS_TOKEN=${HOLE}`,
  `PAYPAL_CLIENT_SECRET=${HOLE}`,
  `X-Api-Token: ${HOLE}`,
  `x-hasura-admin-secret: ${HOLE}`,
  `X-Parse-Master-Key: ${HOLE}`,
  `X-Auth-Email: a@b.c X-Auth-Key: ${HOLE}`,
  `X-Goog-Iam-Authorization-Token: ${HOLE}`,
  `Proxy-Authorization: Basic ${HOLE}`,
  `Authorization: AWS4-HMAC-SHA256 Credential=X/2026, SignedHeaders=host, Signature=${HOLE}`,
  `Authorization: Digest username="a", response="${HOLE}"`,
  `authorization=Bearer ${HOLE}`,
  `-H "Authorization: Bearer ${HOLE}"`,
  `metadata: authorization=[Bearer ${HOLE}]`,
  `GET /api?api_key=${HOLE}&x=1 HTTP/1.1`,
  `"GET /cb?code=${HOLE}&state=1 HTTP/1.1" 302`,
  `https://maps.example.org/js?key=${HOLE}&v=3`,
  `wss://gateway.example.org/?access_token=${HOLE}`,
  `#access_token=${HOLE}&token_type=bearer&expires_in=3600`,
  `https://example.org/password/reset?token=${HOLE}`,
  `id_token=${HOLE}&state=x`,
  `grant_type=refresh_token&refresh_token=${HOLE}`,
  `client_id=a&client_secret=${HOLE}`,
  `SAMLResponse=${HOLE}`,
  `code_verifier=${HOLE}`,
  `{"access_token":"${HOLE}","token_type":"Bearer","expires_in":3600`,
  `token: "${HOLE}"`,
  `api_token = ${HOLE}`,
  `_auth=${HOLE}`,
  `vault write auth/approle/login role_id=x secret_id=${HOLE}`,
  `kubectl config set-credentials ann --token=${HOLE}`,
  `gcloud auth print: access token ${HOLE}`,
  `docker run -e API_TOKEN=${HOLE} img`,
  `fastlane --api_key ${HOLE}`,
  `using API key ${HOLE}`,
  `session_token=${HOLE};`,
  `Set-Cookie: connect.sid=${HOLE}; Path=/`,
  `cookie: JSESSIONID=${HOLE}`,
  `csrf_token=${HOLE}`,
  `X-CSRFToken: ${HOLE}`,
  `__RequestVerificationToken=${HOLE}`,
  `const apiKey = "${HOLE}";`,
  `apiKey=${HOLE}`,
  `token ${HOLE} is not valid`,
  `invalid token '${HOLE}'`,
  `Bearer ${HOLE}`,
].map((text) => ({ input: text.replaceAll(HOLE, OPAQUE), secret: OPAQUE }));

const FIELDS = [
  ...[
    "dbPassword",
    "PassWord",
    "userpassword",
    "loginPassword",
    "password2",
    "passwd",
    "pwd",
    "pass",
  ],
  ...[
    "client_secret",
    "appSecret",
    "webhook_secret",
    "signing_secret",
    "jwtSecret",
    "cookieSecret",
  ],
  ...["access_token", "id_token", "fcmToken", "pushToken", "apnsToken", "xsrfToken", "inviteToken"],
  ...["api_key", "x-api-key", "apiToken", "secretKey", "secret_key", "privateKey", "private_key"],
  ...[
    "account_key",
    "storageAccountKey",
    "primaryAccessKey",
    "license_key",
    "hmacKey",
    "masterKey",
  ],
  ...[
    "Authorization",
    "authorization",
    "Cookie",
    "set-cookie",
    "sessionId",
    "session_id",
    "sessionToken",
  ],
  ...["mfa_code", "otp", "totp_secret", "backupCodes", "security_code", "cvc", "cvv2", "ssn"],
  ...["credentials", "aws_secret_access_key", "oauth_token", "oauth_token_secret", "bearerToken"],
  ...[
    "bot_token",
    "service_account_key",
    "encryption_key",
    "sharedSecret",
    "preSharedKey",
    "passphrase",
  ],
].map((name) => ({ input: { request: { [name]: PASSWORD } }, secret: PASSWORD }));

/** A third set of names, as products name theirs. */
const ENVIRONMENT_PASSWORDS =
  ("KIBANA_PASSWORD NEXUS_PASSWORD TOMCAT_PASSWORD LDAP_ADMIN_PASSWORD SYMFONY_MAILER_PASSWORD " +
    "DJANGO_SUPERUSER_PASSWORD ZABBIX_DB_PASSWORD PROXY_PASS SUPERSET_ADMIN_PASSWORD MSSQL_SA_PASSWORD " +
    "TEST_USER_PASSWORD ROOT_PASSWORD_STAGING WIFI_PSK DB_CREDENTIALS SERVICE_PASSWD")
    .split(" ");
const ENVIRONMENT_TOKENS =
  ("LOOPS_API_KEY TRIGGER_SECRET_KEY STYTCH_SECRET MUX_TOKEN_SECRET LIVEKIT_API_SECRET DEEPGRAM_API_KEY " +
    "PINECONE_API_KEY RESEND_API_KEY INNGEST_SIGNING_KEY INNGEST_EVENT_KEY BETTER_AUTH_SECRET CRON_SECRET " +
    "REVALIDATE_TOKEN PREVIEW_SECRET SANITY_TOKEN KV_REST_API_TOKEN EDGE_CONFIG_TOKEN " +
    "BLOB_READ_WRITE_TOKEN POSTHOG_KEY LEMONSQUEEZY_API_KEY PADDLE_WEBHOOK_SECRET ONESIGNAL_REST_KEY " +
    "MAGIC_SECRET_KEY LOGTAIL_SOURCE_TOKEN AXIOM_TOKEN TINYBIRD_TOKEN CHROMATIC_PROJECT_TOKEN EXPO_TOKEN " +
    "BUILDKITE_AGENT_TOKEN PACKAGIST_TOKEN HEX_API_KEY CARGO_REGISTRY_TOKEN TWINE_PASSWORD " +
    "GEM_HOST_API_KEY")
    .split(" ");
const HEADERS =
  ("X-Linear-Signature X-Auth-Request-Access-Token X-Contentful-Token X-Typesense-Api-Key " +
    "X-Meili-Api-Key X-Elastic-Api-Key X-Redmine-API-Key X-Datadog-Api-Key X-Rollbar-Access-Token " +
    "X-Discourse-Key Api-Key Apikey Auth X-Tableau-Auth X-SecurityToken X-Access-Jwt X-Square-Signature " +
    "X-Mailgun-Secret X-Zuul-Token")
    .split(" ");
const PASSWORD_FIELDS =
  ("loginPwd signInPassword passwordNew pass_word userPassWord dbConnPassword accountSecret partnerToken " +
    "gatewayToken merchantSecret terminalKey posToken webhookSigningKey sharedSecretKey tlsPrivateKey " +
    "caPassphrase jwtAccessToken jwtRefreshToken firebaseToken googleIdToken appleIdentityToken " +
    "emailVerificationToken emailVerifyToken loginOtp smsOtp otpValue backup_code mfa_secret totp_seed " +
    "totpKey recoveryKey recoverySeed encryptionPassword archivePassword pdfPassword rdpPassword " +
    "sudoPassword wifiKey wpaPassphrase")
    .split(" ");

const NAMED: SecretCase[] = [
  ...ENVIRONMENT_PASSWORDS.flatMap((name) =>
    [{ [name]: PASSWORD }, `${name}=${PASSWORD}`, `- ${name}: "${PASSWORD}"`]
      .map((input) => ({ input, secret: PASSWORD }))
  ),
  ...ENVIRONMENT_TOKENS.flatMap((name) =>
    [{ [name]: OPAQUE }, `export ${name}=${OPAQUE}`].map((input) => ({ input, secret: OPAQUE }))
  ),
  ...HEADERS.flatMap((name) =>
    [{ headers: { [name]: OPAQUE } }, `${name}: ${OPAQUE}\r\nHost: a`]
      .map((input) => ({ input, secret: OPAQUE }))
  ),
  ...PASSWORD_FIELDS.map((name) => ({ input: { form: { [name]: PASSWORD } }, secret: PASSWORD })),
];

const STRUCTURES = [
  { kind: "Secret", data: { password: PASSWORD } },
  { containers: [{ env: [{ name: "MYSQL_PASSWORD", value: PASSWORD }] }] },
  { log: { request: { headers: [{ name: "Cookie", value: PASSWORD }] } } },
  { attributes: [{ key: "http.request.header.authorization", value: { stringValue: PASSWORD } }] },
  { headers: [["cookie", PASSWORD], ["accept", "*/*"]] },
  { headers: { authorization: [PASSWORD] } },
  { argv: ["node", "x.js", "--api-key", PASSWORD] },
  { args: [`--db-password=${PASSWORD}`] },
  { rawHeaders: ["Accept", "*/*", "X-Api-Key", PASSWORD] },
  { message: "login", data: JSON.stringify({ email: "a@b.c", password: PASSWORD }) },
  { detail: [{ type: "missing", loc: ["body", "new_password"], input: PASSWORD }] },
  {
    errors: [{
      type: "field",
      value: PASSWORD,
      msg: "too weak",
      path: "password",
      location: "body",
    }],
  },
  { form: [{ field: "password", value: PASSWORD }] },
  { Parameters: [{ ParameterKey: "MasterUserPassword", ParameterValue: PASSWORD }] },
  { config: { smtp: { user: "a", pass: PASSWORD } } },
  { knex: { connection: `postgres://a:${PASSWORD}@db/x` } },
  { axios: { auth: { username: "a", password: PASSWORD } } },
  { variables: { input: { email: "a@b.c", password: PASSWORD } } },
  { curl: `curl -u a:${PASSWORD} https://x.y` },
  { body: `<password>${PASSWORD}</password>` },
].map((input) => ({ input, secret: PASSWORD }));

const KEYS = [
  "gh" + "o_" + OPAQUE + "abcd",
  "gl" + "ptt-" + OPAQUE,
  "xo" + "xp-1234567890-1234567890-" + OPAQUE,
  "sk_" + "test_" + OPAQUE,
  "AK" + "IA" + "Z7QXW2RT5YNB4MKL",
  "AI" + "zaSy" + OPAQUE + "x",
  "hf" + "_" + OPAQUE + "ab",
  "sk-" + "svcacct-" + OPAQUE + OPAQUE,
  "sk-" + OPAQUE + "T3BlbkFJ" + OPAQUE,
  "gsk" + "_" + OPAQUE + OPAQUE,
  "SG" + "." + OPAQUE.slice(0, 22) + "." + OPAQUE + "abcdefghijk",
  "xkeysib" + "-" + HEX + HEX + "-" + OPAQUE.slice(0, 16),
  "shpss" + "_" + HEX,
  "pul" + "-" + HEX + HEX.slice(0, 8),
  "hvs" + ".CAESI" + OPAQUE,
  "https://hooks.slack" + ".com/workflows/T01/A01/" + OPAQUE,
  "https://discordapp" + ".com/api/webhooks/99887766554433221/" + OPAQUE,
  "ey" + "JhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJpc3MiOiJhIn0." + OPAQUE,
  "378282246310005",
  "6011 1111 1111 1117",
  "3056 930902 5904",
  "NL91ABNA0417164300",
  "CH93 0076 2011 6238 5295 7",
  "ES91 2100 0418 4502 0005 1332",
].map((key) => ({ input: { note: `see ${key}, thanks` }, secret: secretPart(key) }));

const PEM = "-----BEGIN " +
  "OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----";

/** All of them. */
export const MORE_SECRETS: readonly SecretCase[] = [
  ...WITH_PASSWORD,
  ...WORDS_ALONE,
  ...WITH_TOKEN,
  ...FIELDS,
  ...NAMED,
  ...STRUCTURES,
  ...KEYS,
  { input: { error: `cannot load ${PEM}` }, secret: "b3BlbnNzaC1rZXktdjEAAAAA" },
  { input: JSON.stringify({ key: PEM }).slice(0, -8), secret: "b3BlbnNzaC1rZXktdjEAAAAA" },
];
