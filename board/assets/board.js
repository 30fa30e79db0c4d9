// Everything works without this file. It keeps times fresh, applies pickers, copies texts and selects rows.
"use strict";

const TIMES_EVERY_MS = 30_000;
const WATCH_EVERY_MS = 1_500;
const WATCH_FOR_MS = 60 * 60_000;
const ZONE = document.documentElement.dataset.zone ?? "UTC";
const clock = clockIn(ZONE) ?? clockIn("UTC");

refreshTimes();
setInterval(refreshTimes, TIMES_EVERY_MS);
for (const button of document.querySelectorAll("[data-copy]")) enableCopy(button);
for (const label of document.querySelectorAll("[data-all]")) enableSelectAll(label);
for (const panel of document.querySelectorAll("[data-watch]")) watch(panel);
for (const chart of document.querySelectorAll("[data-chart]")) enableArrows(chart);
for (const anchor of document.querySelectorAll("[data-local-time]")) enableLocalTime(anchor);
enableSearch(document.querySelector("#search"));
// The answer to a form: reloading asks for the page, and does not send the form again.
if (document.querySelector("[data-once]")) history.replaceState(null, "", location.href);
forgetFlash();

/** The same words as times.ts. */
function refreshTimes() {
  for (const element of document.querySelectorAll("time[data-ago]")) {
    const seconds = (Date.now() - Date.parse(element.dateTime)) / 1000;
    if (!(seconds >= 0)) continue;
    let told = "just now";
    if (seconds >= 60) told = `${Math.floor(seconds / 60)} min ago`;
    if (seconds >= 3600) told = `${Math.floor(seconds / 3600)} h ago`;
    if (seconds >= 86400) told = `${Math.floor(seconds / 86400)} d ago`;
    if (seconds > 30 * 86400) told = inZone(element.dateTime).slice(0, 10);
    if (element.textContent !== told) element.textContent = told;
  }
}

/** `2026-11-22 15:03:07.120` */
function inZone(time) {
  return clock.format(new Date(time)) + time.slice(19, 23);
}

/** Pickers apply at once, and what is empty does not stand in the address. */
function enableSearch(form) {
  for (const field of form?.elements ?? []) {
    if (field.tagName === "SELECT") field.addEventListener("change", () => form.requestSubmit());
  }
  form?.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
    if (!formData.has("since") && !formData.has("until")) formData.delete("zone");
  });
}

/** As times.ts writes times: `2026-11-22 15:03:07`. Undefined for a zone that the service knows and this browser does not. */
function clockIn(timeZone) {
  try {
    return new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
  } catch {
    return undefined;
  }
}

/** One click; without script the link leads to a choice. The same cookie as in time_zone.tsx. */
function enableLocalTime(anchor) {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  anchor.addEventListener("click", (event) => {
    event.preventDefault();
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `holdfast_zone=${timeZone}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    location.reload();
  });
}

function enableCopy(button) {
  const area = button.parentElement.querySelector("textarea");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(area.value);
      button.textContent = "Copied";
    } catch {
      // Without permission, or over plain HTTP: selected, the usual keys copy it.
      area.select();
      button.textContent = "Selected: press Ctrl+C";
    }
  });
}

/** Rows of a page at once, and how many are selected. */
function enableSelectAll(label) {
  const form = label.closest("form");
  const all = label.querySelector("input");
  const rows = [...form.querySelectorAll("input[name=id]")];
  const picked = form.querySelector("[data-picked]");
  const matching = form.querySelector("input[name=all]");
  label.classList.add("ready");
  all.addEventListener("change", () => rows.forEach((row) => row.checked = all.checked));
  form.addEventListener("change", tell);
  // A browser that comes back to the page has kept the boxes as they were.
  addEventListener("pageshow", tell);
  tell();

  function tell() {
    const checked = rows.filter((row) => row.checked).length;
    all.checked = checked === rows.length;
    all.indeterminate = checked > 0 && checked < rows.length;
    const text = matching?.checked ? "All selected" : `${checked} selected`;
    if (picked && picked.textContent !== text) picked.textContent = text;
  }
}

/** A chart is one stop of the Tab key: the arrow keys go from bar to bar, and the bar that was left is the stop. */
function enableArrows(chart) {
  const bars = [...chart.querySelectorAll(".steps > a")];
  chart.addEventListener("keydown", (event) => {
    const at = bars.indexOf(document.activeElement);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: bars.length - 1 }[event.key];
    if (at < 0 || bars[to] === undefined) return;
    event.preventDefault();
    bars[at].setAttribute("tabindex", "-1");
    bars[to].setAttribute("tabindex", "0");
    bars[to].focus();
  });
}

/** What was done is said once, not again when the page is reloaded. */
function forgetFlash() {
  const url = new URL(location.href);
  if (!url.searchParams.has("done")) return;
  const said = ["done", "count", "more", "id", "at"];
  // In the list of errors it says which ones are shown.
  if (!document.querySelector(".errors, .whats")) said.push("what");
  for (const name of said) url.searchParams.delete(name);
  history.replaceState(null, "", url);
}

/** Asks for the first event of a service, until it is there. Nobody looks at a hidden page. */
function watch(panel) {
  const endMs = Date.now() + WATCH_FOR_MS;
  const timer = setInterval(async () => {
    if (document.hidden) return;
    if (Date.now() > endMs) return clearInterval(timer);
    const answer = await fetch(panel.dataset.watch).catch(() => undefined);
    const { text, path } = answer?.ok ? await answer.json() : {};
    if (text === undefined) return;
    clearInterval(timer);
    const anchor = document.createElement("a");
    anchor.href = panel.dataset.watch.replace(/\/connect\/arrived\?.*/, path);
    anchor.textContent = text;
    panel.querySelector("[data-arrived]").replaceChildren(anchor);
    panel.querySelector("[data-again]")?.parentElement.remove();
    panel.classList.add("here");
  }, WATCH_EVERY_MS);
}
