// The keys that frame/help.tsx lists, and menus that close by themselves. All of it is done by links and buttons, too.
const HELP = document.querySelector("#help");
/** In the session: the row to go on from. */
const NEXT_ROW = "holdfast row";
const KEYS = {
  "/": () => document.querySelector("#search [name=q]")?.select(),
  "?": () => HELP?.showModal(),
  j: (row) => moveRow(row, 1),
  k: (row) => moveRow(row, -1),
  x: (row) => boxOf(row)?.click(),
  e: (row) => pressButton("e", row),
  m: (row) => pressButton("m", row),
};

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (key === "Escape") leave(target);
  if (!Object.hasOwn(KEYS, key) || HELP?.open || isTyping(target)) return;
  event.preventDefault();
  KEYS[key](target.closest("[data-row]"));
});
for (const type of ["click", "focusin"]) {
  document.addEventListener(type, ({ target }) => closeMenus(target));
}
for (const anchor of document.querySelectorAll("[data-help]")) {
  anchor.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || !HELP) return;
    event.preventDefault();
    HELP.showModal();
  });
}
goOn();

function isTyping(target) {
  return target.isContentEditable ||
    target.matches("textarea, select, input:not([type=checkbox], [type=radio])");
}

function rows() {
  return [...document.querySelectorAll("[data-row]")];
}

function boxOf(row) {
  return row?.querySelector("input[name=id]");
}

function moveRow(row, step) {
  const all = rows();
  focusRow(all[row ? all.indexOf(row) + step : 0]);
}

function focusRow(row) {
  row?.querySelector("a[href], summary")?.focus();
}

/** For the rows that are selected, or the one with the focus; on the page of one error for that. */
function pressButton(key, row) {
  const button = document.querySelector(`button[data-key=${key}]`);
  const boxes = rows().map(boxOf).filter(Boolean);
  if (!button) return;
  if (boxes.length > 0) {
    if (!boxes.some((box) => box.checked)) boxOf(row)?.click();
    if (!boxes.some((box) => box.checked)) return;
    if (row) sessionStorage.setItem(NEXT_ROW, rows().indexOf(row));
  }
  button.click();
}

/** After a key has taken a row away, the next one is in its place. */
function goOn() {
  const index = sessionStorage.getItem(NEXT_ROW);
  if (index === null) return;
  sessionStorage.removeItem(NEXT_ROW);
  const all = rows();
  focusRow(all[Math.min(Number(index), all.length - 1)]);
}

function leave(target) {
  if (target.matches("#search [name=q]")) target.blur();
  closeMenus();
}

function closeMenus(but) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (but && menu.contains(but)) continue;
    // The focus does not get lost with what has it.
    if (!but && menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
}
