/**
 * Orders, as modules: what goes in, what they do, and how they fail.
 *
 * @module
 */
import { defineFailure, defineModule, NotFound, reply } from "@holdfast/holdfast";
import * as v from "valibot";

/** 409: somebody was faster. */
export const OutOfStock = defineFailure({
  name: "OutOfStock",
  status: 409,
  code: "item.out_of_stock",
});

const MAX_AMOUNT = 100;
const STOCK = new Map([["tea", 40], ["coffee", 0]]);
const orders = new Map<string, { id: string; item: string; amount: number }>();

/** `POST /orders` with `{"item": "tea", "amount": 2}`. */
export const createOrder = defineModule({
  name: "/orders",
  method: "POST",
  summary: "Order something.",
  input: v.object({
    item: v.picklist([...STOCK.keys()]),
    amount: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_AMOUNT)),
  }),
  run({ item, amount }, { log }) {
    const left = STOCK.get(item) ?? 0;
    if (amount > left) throw new OutOfStock(`${left} of ${item} are left, got ${amount}`);
    const order = { id: String(orders.size + 1), item, amount };
    STOCK.set(item, left - amount);
    orders.set(order.id, order);
    log.info("ordered", order);
    return reply(order, { status: 201, headers: { location: `/orders/${order.id}` } });
  },
});

/** `GET /orders/1`. */
export const showOrder = defineModule({
  name: "/orders/:id",
  summary: "Look up an order.",
  input: v.object({ id: v.string() }),
  run({ id }) {
    const order = orders.get(id);
    if (order === undefined) throw new NotFound(`no order has the id ${id}`, { param: "order_id" });
    return order;
  },
});
