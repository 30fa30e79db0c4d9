from flask import Flask, jsonify

import reporting
from prices import load_price, price_of

reporting.start()
app = Flask("shop")


@app.before_request
def before():
    reporting.sign_in()


@app.get("/cart/<id>")
def cart(id):
    return jsonify(price_of({"items": [{}]}))


@app.get("/checkout/<sku>")
def checkout(sku):
    return jsonify(load_price(sku))


visitor = app.test_client()
for path in ["/cart/7?coupon=SPRING", "/cart/8?coupon=SPRING", "/checkout/A-17"]:
    answer = visitor.get(path, headers={"Cookie": "session=secret"})
    assert answer.status_code == 500, answer.status
reporting.finish()
