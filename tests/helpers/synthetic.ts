import { type Context, defineModule, type Module } from "../../modules/module.ts";
import * as v from "valibot";

/** A module at `/synthetic` that takes anything and does what a test wants. */
export function synthetic(
  run: (input: Record<string, unknown>, context: Context) => unknown,
  options: Partial<Omit<Module, "run" | "input">> = {},
): Module {
  return defineModule({
    name: "/synthetic",
    summary: "Does what a test wants.",
    input: v.looseObject({}),
    run,
    ...options,
  });
}
