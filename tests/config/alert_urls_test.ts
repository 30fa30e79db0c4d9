import { assert, assertEquals, assertFalse, assertStringIncludes, assertThrows } from "@std/assert";
import { alertUrls } from "../../config/alert_urls.ts";
import { readConfig } from "../../config.ts";
import { SEVERITY } from "../../store/record.ts";

const ALL = [{ service: "", minSeverity: 0 }];
const read = alertUrls("ALERT_URLS");

Deno.test("the format of an address follows from its host, or stands before its scheme", () => {
  const addresses = {
    slack: "https://hooks.slack.com/services/T0/B0/XYZ",
    mattermost: "mattermost+https://chat.example/hooks/xyz",
    discord: "https://discord.com/api/webhooks/1/xyz?thread_id=2",
    teams:
      "https://prod-1.westeurope.logic.azure.com:443/workflows/1/triggers/manual/paths/invoke?sig=x",
    telegram: "https://api.telegram.org/bot1:xyz/sendMessage?chat_id=-100",
    ntfy: "https://ntfy.sh/some_topic",
    mail: "smtps://bot:p%2Cw@mail.example/?from=bot@shop.example&to=team@shop.example",
    json: "https://hooks.slack.com.evil.example/services",
  };
  const targets = read(Object.values(addresses).join(", "));
  assertEquals(targets.map(({ format }) => format), Object.keys(addresses) as never);
  const urls = Object.values(addresses).map((url) => new URL(url.replace("mattermost+", "")).href);
  assertEquals(targets.map(({ url }) => url), urls);
  assertEquals(targets[1]!.name, "ALERT_URLS address 2 (mattermost)");
  const others = [
    ["https://x.environment.api.powerplatform.com:443/powerautomate/automations/direct/1", "teams"],
    ["SLACK+http://127.0.0.1:9/services/x", "slack"],
    ["json+https://hooks.slack.com/services/x", "json"],
    ["ntfy+https://:tk_x@push.example/topic", "ntfy"],
  ] as const;
  for (const [address, format] of others) assertEquals(read(address)[0]!.format, format);
});

Deno.test("an address may be for services and levels; twice the same is one receiver", () => {
  const url = "https://chat.example/hook";
  assertEquals(read(url)[0]!.filters, ALL);
  assertEquals(read(`${url}#service=a%20b%2Cc&service=c++&level=critical`)[0], {
    format: "json",
    url,
    name: "ALERT_URLS",
    filters: ["a b,c", "c++"].map((service) => ({ service, minSeverity: SEVERITY.CRITICAL })),
  });
  const env = new Map([
    ["ALERT_URLS", `${url}#service=shop, https://other.example/, ${url}#level=CRITICAL`],
    ["ALERT_WEBHOOK_URL", `${url}#service=mail`],
  ]);
  const { alertTargets } = readConfig(env, { isTerminal: false });
  assertEquals(alertTargets.map(({ url }) => url), [url, "https://other.example/"]);
  assertEquals(alertTargets[0]!.filters, [
    { service: "shop", minSeverity: 0 },
    { service: "", minSeverity: SEVERITY.CRITICAL },
    { service: "mail", minSeverity: 0 },
  ]);
});

Deno.test("an address that cannot be right is refused, and nothing of it is shown", () => {
  const wrong: [string, string][] = [
    ["hooks.example/SECRET", "addresses separated by commas"],
    ["https://", "cannot be read"],
    ["https://a.example/SECRET,ftp://b.example/SECRET", "address 2 is none of https://"],
    ["fax+https://a.example/SECRET", "a format that is none of slack"],
    ["mail+https://a.example/SECRET", "a format that is none of slack"],
    ["slack+smtp://a.example/SECRET", "is none of https://"],
    ["https://discord.com/channels/SECRET", "(discord) has to be"],
    ["https://api.telegram.org/botSECRET/sendMessage", "(telegram) has to be"],
    ["https://ntfy.sh/a/SECRET", "(ntfy) has to end in one topic"],
    ["smtp://SECRET@mail.example/?from=a@b.example", "(mail) has to end in ?from="],
    ["smtp://mail.example/?from=a@b.example&to=SECRET", "(mail) has to end in ?from="],
    ["smtp://mail.example/?from=a@b.example&to=a@b.example%0d%0aBcc:SECRET@c.example", "(mail)"],
    ["smtp://mail.example/?from=a@b.example&to=c@d.example&tls=SECRET", "tls that is none"],
    ["smtp://a:SEC#RET@mail.example/?from=a@b.example&to=c@d.example", "cannot be read"],
    ["https://a.example/#SECRET", "something else than service=… and level=…"],
    ["https://a.example/#service=", "a service without a name"],
    ["https://a.example/#level=SECRET", "a level that is not one of DEBUG"],
    ["https://a.example/#level=ERROR&level=ERROR", "a level that is not one of DEBUG"],
  ];
  for (const [address, why] of wrong) {
    const { message } = assertThrows(() => read(address), RangeError);
    assertStringIncludes(message, why);
    assertFalse(message.includes("SECRET"), message);
  }
});

Deno.test("mistakes in addresses are listed with the others", () => {
  const env = new Map([["PORT", "x"], ["ALERT_URLS", "https://ntfy.sh/"]]);
  const { message } = assertThrows(() => readConfig(env, { isTerminal: false }), Error);
  assert(message.startsWith("2 variables are wrong:"), message);
  assertStringIncludes(message, "ALERT_URLS must be addresses separated by commas");
  assertStringIncludes(message, "16 characters long (not shown)");
});
