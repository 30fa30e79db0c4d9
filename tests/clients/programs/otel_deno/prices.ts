export class PriceError extends Error {
  override name = "PriceError";
  readonly code = "price.unknown";
}

interface Cart {
  items: { price?: { amount: number } }[];
}

export function priceOf(cart: Cart): number[] {
  return cart.items.map((item) => item.price!.amount);
}

export function loadPrice(sku: string): never {
  throw new PriceError(`no price for ${sku}`);
}
