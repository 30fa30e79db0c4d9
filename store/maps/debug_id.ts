/** A debug id as it is kept: 32 hexadecimal digits, without what some clients put behind them. Undefined for what is none. */
export function readDebugId(text: unknown): string | undefined {
  if (typeof text !== "string") return undefined;
  return /^[0-9a-f]{32}/.exec(text.toLowerCase().replaceAll("-", ""))?.[0];
}
