class PriceError(Exception):
    pass


def price_of(cart):
    total = 0
    for item in cart["items"]:
        total += item["price"]["amount"]
    return total


def load_price(sku):
    raise PriceError(f"no price for {sku}")
