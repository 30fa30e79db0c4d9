// The live tail, loaded after board.js where a page has one.
const MAX_LIVE_ROWS = 500;
const INVISIBLE =
  // deno-lint-ignore no-control-regex -- these are what we look for
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffc\ufffe\uffff]/g;

for (const list of document.querySelectorAll("[data-stream]")) follow(list);

function follow(list) {
  const status = document.querySelector("[data-live-status]");
  const template = document.querySelector("#log-row");
  // A record that was stored while this page was being made is on it and in the stream.
  const seen = new Set([...list.children].map((row) => row.dataset.key));
  let arrived = 0;
  const source = new EventSource(list.dataset.stream);
  source.addEventListener("open", () => tell(true));
  source.addEventListener("error", () => {
    tell(false);
    if (source.readyState === EventSource.CLOSED) status.textContent = "Ended: reload the page";
  });
  source.addEventListener("message", ({ data }) => {
    const record = JSON.parse(data);
    const key = `${record.boot_id}:${record.seq}`;
    if (seen.has(key)) return;
    seen.add(key);
    list.prepend(rowOf(template, record, key));
    while (list.children.length > MAX_LIVE_ROWS) {
      seen.delete(list.lastElementChild.dataset.key);
      list.lastElementChild.remove();
    }
    arrived++;
    document.querySelector("[data-none]")?.remove();
    tell(true);
  });
  addEventListener("pagehide", () => source.close());

  function tell(isLive) {
    status.textContent = isLive ? `Live, ${arrived} new` : "Connection lost, trying again";
    status.classList.toggle("good", isLive);
    status.classList.toggle("bad", !isLive);
  }
}

/** A row like those of log_rows.tsx, filled in as text: no markup in a record comes alive. */
function rowOf(template, record, key) {
  const row = template.content.firstElementChild.cloneNode(true);
  const fill = (name, text) => row.querySelector(`.${name}`).textContent = plain(text);
  row.dataset.key = key;
  row.classList.add("new");
  const time = row.querySelector("time");
  const local = inZone(record.time);
  time.dateTime = record.time;
  time.title = `${local.slice(0, 19)} ${ZONE}`;
  fill("date", local.slice(0, 10));
  fill("of-day", local.slice(11));
  fill("level", record.level);
  row.querySelector(".level").classList.add(record.level.toLowerCase());
  fill("svc", line(record.svc_name));
  fill("say", line(record.message));
  for (const cell of row.querySelectorAll("[data-path]")) {
    cell.lastElementChild.textContent = plain(cellText(record, cell.dataset.path));
  }
  const took = record.duration_ms;
  fill(
    "took",
    [record.status, took !== undefined && milliseconds(took)].filter(Boolean).join(" · "),
  );
  fill("whole", record.message.slice(0, 16384));
  fill("text", JSON.stringify(record, null, 2).slice(0, 16384));
  link(row.querySelector("[data-request]"), record.request_id, "?q=request_id%3A");
  link(row.querySelector("[data-error]"), record.error_id, "/");
  const around = row.querySelector("[data-around]");
  const place = `${Date.parse(record.time)}~${record.boot_id}~${record.seq}`;
  const path = around.getAttribute("href");
  const parameters = new URLSearchParams({ svc_name: record.svc_name, around: place });
  around.href = `${path}${path.includes("?") ? "&" : "?"}${parameters}#here`;
  return row;
}

/** The same as in log_fields.ts. */
function cellText(record, path) {
  const value = valueAt(record, path);
  if (value === undefined) return "";
  if (path === "duration_ms") return milliseconds(value);
  return line(typeof value === "string" ? value : JSON.stringify(value), 80);
}

function valueAt(value, path) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  if (Object.hasOwn(value, path)) return value[path];
  for (let dot = path.indexOf("."); dot > 0; dot = path.indexOf(".", dot + 1)) {
    const name = path.slice(0, dot);
    const found = Object.hasOwn(value, name)
      ? valueAt(value[name], path.slice(dot + 1))
      : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The same as plainLine() of plain.ts. */
function line(text, maxChars = 300) {
  const shown = text.length > maxChars ? `${text.slice(0, maxChars)}…` : text;
  return shown.replace(/\s*\n\s*/g, " ⏎ ");
}

/** The template's own address says where the board stands. */
function link(anchor, id, rest) {
  if (id === undefined) anchor.remove();
  else anchor.href = anchor.getAttribute("href") + rest + encodeURIComponent(id);
}

/** The same signs as plain.ts. */
function plain(text) {
  return text.toWellFormed().replaceAll("\r\n", "\n").replace(
    INVISIBLE,
    (character) => `‹U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}›`,
  );
}

/** The same words as times.ts. */
function milliseconds(number) {
  if (number < 1) return `${Math.round(number * 1000)} µs`;
  if (number < 1000) return `${number < 10 ? number.toFixed(1) : Math.round(number)} ms`;
  return `${(number / 1000).toFixed(1)} s`;
}
