import logging

import sentry_sdk

import reporting
from prices import load_price, price_of

reporting.start()
reporting.sign_in()


def attempt(work, *arguments):
    try:
        work(*arguments)
    except Exception as error:
        sentry_sdk.capture_exception(error)


for _ in range(2):
    attempt(price_of, {"items": [{}]})
attempt(load_price, "A-17")
logging.getLogger("shop.cart").error("could not price %s for %d", "A-17", 3)
reporting.finish()
