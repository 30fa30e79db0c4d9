/** @jsxImportSource hono/jsx */
import type { Child, Html } from "../parts/parts.tsx";

/** What opens below its button. A browser closes it when another one is opened. */
export function Menu(
  { title, says, children }: {
    title: Child;
    /** What the button is for, where its title does not say it. */
    says?: string;
    children: Child;
  },
): Html {
  return (
    <details class="menu boxed end" name="menu">
      <summary aria-label={says}>{title}</summary>
      <div class="opened">{children}</div>
    </details>
  );
}

/** One thing in a menu that has more to say. */
export function MenuItem({ title, children }: { title: string; children: Child }): Html {
  return (
    <details class="item" name="item">
      <summary>{title}</summary>
      <div>{children}</div>
    </details>
  );
}

/** A button that does the usual, and a menu with what else can be done. */
export function Split(
  { says, button, children }: { says: string; button: Child; children: Child },
): Html {
  return (
    <div class="split">
      {button}
      <Menu says={says} title="">{children}</Menu>
    </div>
  );
}
