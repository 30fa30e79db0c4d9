export class PriceError extends Error {
  override name = "PriceError";
}

interface Cart {
  items: { price: { amount: number } }[];
}

export function priceOf(cart: Cart): number[] {
  return cart.items.map((item) => item.price.amount);
}

export function loadPrice(sku: string): unknown {
  try {
    return JSON.parse("{bad");
  } catch (cause) {
    throw new PriceError(`no price for ${sku}`, { cause });
  }
}
