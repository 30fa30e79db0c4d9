import json


class PriceError(Exception):
    pass


def price_of(cart):
    return sum(item["price"]["amount"] for item in cart["items"])


def load_price(sku):
    try:
        return json.loads("{bad")
    except json.JSONDecodeError as cause:
        raise PriceError(f"no price for {sku}") from cause
