package shop;

import java.util.List;
import java.util.Map;

final class Prices {
  static final class PriceException extends RuntimeException {
    PriceException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  static int priceOf(List<Map<String, Integer>> items) {
    int total = 0;
    for (Map<String, Integer> item : items) {
      total += item.get("price");
    }
    return total;
  }

  static int loadPrice(String sku) {
    try {
      return Integer.parseInt("{bad");
    } catch (NumberFormatException cause) {
      throw new PriceException("no price for " + sku, cause);
    }
  }

  private Prices() {}
}
