import os

import sentry_sdk


def start(**options):
    sentry_sdk.init(
        dsn=os.environ["SENTRY_DSN"],
        release="shop-py@3.1.0",
        environment="staging",
        enable_logs=True,
        send_default_pii=True,
        **options,
    )


def sign_in():
    sentry_sdk.set_user({"id": "u-42", "email": "ada@example.org", "username": "ada"})
    sentry_sdk.set_tags({"tenant": "acme", "retry": 3})
    sentry_sdk.add_breadcrumb(category="cart", message="loading the cart", level="info")


def finish():
    sentry_sdk.capture_message("stock is low for sku A-17", level="warning")
    sentry_sdk.logger.info("user signed in", attributes={"user_id": "u-42"})
    sentry_sdk.logger.error("payment refused", attributes={"order": 7})
    sentry_sdk.flush(timeout=10)
