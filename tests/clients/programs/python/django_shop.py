import threading
import urllib.error
import urllib.request
from wsgiref.simple_server import make_server

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.urls import path

import reporting
from prices import load_price, price_of

reporting.start()


def cart(request, id):
    reporting.sign_in()
    return JsonResponse({"total": price_of({"items": [{}]})})


def checkout(request, sku):
    reporting.sign_in()
    return JsonResponse({"total": load_price(sku)})


urlpatterns = [path("cart/<int:id>/", cart), path("checkout/<str:sku>/", checkout)]
settings.configure(
    ALLOWED_HOSTS=["*"], DEBUG=False, ROOT_URLCONF=__name__, SECRET_KEY="of-the-tests"
)
server = make_server("127.0.0.1", 0, get_wsgi_application())
threading.Thread(target=server.serve_forever, daemon=True).start()
for address in ["/cart/7/?coupon=SPRING", "/cart/8/?coupon=SPRING", "/checkout/A-17/"]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.server_port}{address}",
        headers={"Cookie": "session=secret"},
    )
    try:
        urllib.request.urlopen(request)
    except urllib.error.HTTPError as error:
        assert error.code == 500, error
server.shutdown()
reporting.finish()
