/**
 * A third set, written after the rules and without a look at them: fields, headers, commands and lines that the public
 * documentation of other products shows, with made-up values.
 *
 * @module
 */
import type { SecretCase } from "./secrets.ts";

const OPAQUE = "q7Zt2Lw9Xc4Vb8Nm1Kj6Hg3Fd5Sa0PoU";
const HEX = "3f9c1e77ab204d6c8b5a90d2e41f6c83";
const PASSWORD = "Winter!Berry42";
const HOLE = "§";

const TEXTS_WITH_PASSWORD = [
  `http -a ann:${HOLE} https://example.org/login`,
  `http --auth ann:${HOLE} GET https://example.org`,
  `sqlplus scott/${HOLE}@orcl`,
  `oracle: scott/${HOLE}@db.example.org:1521/ORCL`,
  `sqlcmd -S db -U sa -P ${HOLE}`,
  `redis-cli -h cache -a ${HOLE} ping`,
  `mysqldump -uroot -p${HOLE} shop`,
  `PGPASSWORD=${HOLE} psql -h db -U ann shop`,
  `sshpass -p ${HOLE} ssh ann@host`,
  `sshpass -p '${HOLE}' scp a.txt ann@host:`,
  `docker login -u ann -p ${HOLE} registry.example.org`,
  `helm registry login -u ann --password ${HOLE} registry.example.org`,
  `net use Z: \\\\server\\share ${HOLE} /user:ann`,
  `az login -u ann@example.org -p ${HOLE}`,
  `openssl pkcs12 -in a.p12 -passin pass:${HOLE}`,
  `openssl rsa -passout pass:${HOLE} -in key.pem`,
  `keytool -list -keystore a.jks -storepass ${HOLE}`,
  `keytool -genkey -keypass ${HOLE} -alias a`,
  `unzip -P ${HOLE} a.zip`,
  `gpg --batch --passphrase ${HOLE} -d a.gpg`,
  `kinit --password=${HOLE} ann`,
  `echo "ann:${HOLE}" | chpasswd`,
  `ftp://ann:${HOLE}@files.example.org/in`,
  `amqps://ann:${HOLE}@queue.example.org/vhost`,
  `mongodb+srv://ann:${HOLE}@cluster0.example.org/shop?retryWrites=true`,
  `redis://:${HOLE}@cache:6379/0`,
  `jdbc:oracle:thin:scott/${HOLE}@db:1521:orcl`,
  `jdbc:sqlserver://db:1433;databaseName=shop;user=sa;password=${HOLE};encrypt=true`,
  `Server=db;Database=shop;User Id=sa;Password=${HOLE};`,
  `Data Source=db;Initial Catalog=shop;Uid=sa;Pwd=${HOLE}`,
  `host=db user=ann password=${HOLE} dbname=shop sslmode=disable`,
  `ALTER ROLE ann WITH LOGIN PASSWORD '${HOLE}'`,
  `CREATE USER ann IDENTIFIED WITH mysql_native_password BY '${HOLE}'`,
  `SET PASSWORD FOR 'ann'@'%' = PASSWORD('${HOLE}')`,
  `ALTER LOGIN ann WITH PASSWORD = '${HOLE}'`,
  `net user ann ${HOLE} /add`,
  `<wsse:Password Type="PasswordText">${HOLE}</wsse:Password>`,
  `<add key="SmtpPassword" value="${HOLE}" />`,
  `<property name="hibernate.connection.password">${HOLE}</property>`,
  `<input type="password" name="pw" value="${HOLE}">`,
  `Invalid credentials for ann (password: ${HOLE})`,
  `login failed: user=ann pass=${HOLE}`,
  `AUTH LOGIN failed with password '${HOLE}'`,
  `User(name='ann', hashed=False, password='${HOLE}')`,
  `{:user "ann" :password "${HOLE}"}`,
  `%{"email" => "a@example.org", "password" => "${HOLE}"}`,
  `password=${HOLE}&remember=on`,
  `[database]\nuser = ann\npassword = ${HOLE}\nport = 5432`,
  `--header "Authorization: Basic YW5uOldpbnRlciFCZXJyeTQy" ${HOLE}`.replace(HOLE, ""),
];

const TEXTS_WITH_OPAQUE = [
  `vault login ${HOLE}`,
  `VAULT_TOKEN=${HOLE} vault kv get secret/app`,
  `gh auth login --with-token ${HOLE}`,
  `npm config set //registry.npmjs.org/:_authToken ${HOLE}`,
  `//npm.example.org/:_auth=${HOLE}`,
  `heroku config:set SECRET_KEY_BASE=${HOLE}`,
  `kubectl create secret generic a --from-literal=token=${HOLE}`,
  `curl -H "PRIVATE-TOKEN: ${HOLE}" https://git.example.org/api`,
  `curl -H 'X-Vault-Token: ${HOLE}' https://vault.example.org`,
  `curl -b "session=${HOLE}" https://example.org`,
  `curl --oauth2-bearer ${HOLE} https://example.org`,
  `Set-Cookie: connect.sid=s%3A${HOLE}; Path=/; HttpOnly`,
  `Authorization: Token ${HOLE}`,
  `Authorization: token=${HOLE}`,
  `Proxy-Authorization: Bearer ${HOLE}`,
  `GET /reset-password?token=${HOLE} HTTP/1.1`,
  `https://example.org/oauth/callback#access_token=${HOLE}&token_type=bearer`,
  `https://acct.blob.core.windows.net/c/f?sv=2022-11-02&sig=${HOLE}&se=2026-12-01`,
  `https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4&X-Amz-Signature=${HOLE}`,
  `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${HOLE};EndpointSuffix=core.windows.net`,
  `Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=k;SharedAccessKey=${HOLE}`,
  `aws configure set aws_secret_access_key ${HOLE}`,
  `stripe.api_key = "${HOLE}"`,
  `new Client({ apiKey: "${HOLE}", region: "eu" })`,
  `refresh token ${HOLE} has been revoked`,
  `Bearer ${HOLE}`,
];

const FIELDS: Record<string, string> = {
  sessionTicket: OPAQUE,
  "X-JFrog-Art-Api": OPAQUE,
  "X-Shopify-Access-Token": OPAQUE,
  "X-Figma-Token": OPAQUE,
  "DD-API-KEY": HEX,
  "Ocp-Apim-Subscription-Key": HEX,
  "X-Goog-Api-Key": OPAQUE,
  "Circle-Token": HEX,
  "X-Hub-Signature-256": `sha256=${HEX}${HEX}`,
  "X-Amz-Security-Token": OPAQUE,
  "X-CSRF-Token": OPAQUE,
  "X-Auth-Email-Key": HEX,
  webhookSigningSecret: OPAQUE,
  totp_seed: "JBSWY3DPEHPK3PXP",
  recoveryCodes: "8f3a-91bc",
  DJANGO_SECRET_KEY: OPAQUE,
  RAILS_MASTER_KEY: HEX,
  LARAVEL_APP_KEY: `base64:${OPAQUE}`,
  NEXTAUTH_SECRET: OPAQUE,
  SENDGRID_API_KEY: `SG.${OPAQUE.slice(0, 22)}.${OPAQUE}${OPAQUE.slice(0, 11)}`,
  TWILIO_AUTH_TOKEN: HEX,
  client_assertion: OPAQUE,
  id_token_hint: OPAQUE,
  encryptionKey: HEX,
  snmpCommunityPassphrase: PASSWORD,
};

function filled(texts: readonly string[], secret: string): SecretCase[] {
  return texts.map((text) =>
    text.includes(HOLE)
      ? { input: text.replace(HOLE, secret), secret }
      : { input: text, secret: "YW5uOldpbnRlciFCZXJyeTQy" }
  );
}

/** What should be masked. */
export const FRESH_SECRETS: readonly SecretCase[] = [
  ...filled(TEXTS_WITH_PASSWORD, PASSWORD),
  ...filled(TEXTS_WITH_OPAQUE, OPAQUE),
  ...Object.entries(FIELDS).map(([name, secret]) => ({ input: { [name]: secret }, secret })),
];
