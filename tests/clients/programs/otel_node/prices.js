export class PriceError extends Error {
  name = "PriceError";
  code = "price.unknown";
}

export function priceOf(cart) {
  return cart.items.map((item) => item.price.amount);
}

export function loadPrice(sku) {
  throw new PriceError(`no price for ${sku}`);
}
