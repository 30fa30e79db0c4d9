/** What can be wrong with a page as it is seen, measured in the browser. */
import type { Page } from "./browser.ts";

/** Parts of a page that reach out of the window, and texts and controls that lie on each other. */
export async function wrongLooks(page: Page): Promise<string[]> {
  return await page.evaluate(WRONG);
}

/** Two boxes may share so many pixels: the height of a line is a little more than that of its letters. */
const MAX_SHARED_PX = 2;

/**
 * Boxes of all texts, line by line, and of all controls, as far as they are not cut off. What lies over the page on purpose is left
 * out: open menus, dialogs, and rows that stay in sight.
 */
const WRONG = `(() => {
  const wrong = [];
  const say = (element) => element.outerHTML.slice(0, 160);
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 0) {
    const beyond = [...document.querySelectorAll("body *")].find((element) =>
      !element.closest("pre, .scroll, svg svg") && element.getBoundingClientRect().right > innerWidth + 1);
    wrong.push("wider than the window by " + wide + ": " + (beyond ? say(beyond) : ""));
  }
  const cutting = new Map();
  const cutOf = (element) => {
    if (element === null) return { left: -1e6, top: -1e6, right: 1e6, bottom: 1e6 };
    if (cutting.has(element)) return cutting.get(element);
    const cut = { ...cutOf(element.parentElement) };
    if (element !== document.body && getComputedStyle(element).overflow !== "visible") {
      const { left, top, right, bottom } = element.getBoundingClientRect();
      Object.assign(cut, {
        left: Math.max(cut.left, left),
        top: Math.max(cut.top, top),
        right: Math.min(cut.right, right),
        bottom: Math.min(cut.bottom, bottom),
      });
    }
    cutting.set(element, cut);
    return cut;
  };
  // What lies over others as they scroll, or is there to be heard alone.
  const loose = new Map([[null, false]]);
  const isLoose = (element) => {
    if (!loose.has(element)) {
      const { position, clipPath } = getComputedStyle(element);
      loose.set(element, /sticky|fixed/.test(position) || clipPath !== "none" || isLoose(element.parentElement));
    }
    return loose.get(element);
  };
  const boxes = [];
  const add = (element, box, within) => {
    const cut = cutOf(within);
    const shown = {
      element,
      left: Math.max(box.left, cut.left),
      top: Math.max(box.top, cut.top),
      right: Math.min(box.right, cut.right),
      bottom: Math.min(box.bottom, cut.bottom),
    };
    if (shown.right - shown.left > 1 && shown.bottom - shown.top > 1) boxes.push(shown);
  };
  const CONTROLS = "button, input, select, textarea, summary";
  const skipped = "pre, dialog, .opened, .unseen, .skip, .frames, textarea *, select *";
  const isSeen = (element) => element !== null && !element.closest(skipped) &&
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !isLoose(element);
  for (const control of document.querySelectorAll(CONTROLS)) {
    if (isSeen(control)) add(control, control.getBoundingClientRect(), control.parentElement);
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    const element = text.parentElement;
    if (text.data.trim() === "" || element.closest(CONTROLS) || !isSeen(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const box of range.getClientRects()) add(element, box, element);
  }
  boxes.sort((a, b) => a.top - b.top);
  for (const [index, a] of boxes.entries()) {
    for (let next = index + 1; next < boxes.length; next++) {
      const b = boxes[next];
      if (b.top >= a.bottom - ${MAX_SHARED_PX}) break;
      if (a.element === b.element || a.element.contains(b.element) || b.element.contains(a.element)) continue;
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - b.top;
      if (across > ${MAX_SHARED_PX} && down > ${MAX_SHARED_PX}) {
        wrong.push(say(a.element) + " lies on " + say(b.element));
      }
    }
  }
  // What is open stays within the window.
  for (const opened of document.querySelectorAll(".menu[open] > .opened, dialog[open]")) {
    const { left, right } = opened.getBoundingClientRect();
    if (left < 0 || right > innerWidth) wrong.push("opens beyond the window: " + say(opened));
  }
  return wrong.slice(0, 5);
})()`;
