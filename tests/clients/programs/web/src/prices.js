export class PriceError extends Error {
  name = "PriceError";
}

export function priceOf(cart) {
  return cart.items.map((item) => item.price.amount);
}

export function loadPrice(sku) {
  try {
    return JSON.parse("{bad");
  } catch (cause) {
    throw new PriceError(`no price for ${sku}`, { cause });
  }
}
