package shop;

import io.sentry.Breadcrumb;
import io.sentry.Sentry;
import io.sentry.SentryLevel;
import io.sentry.protocol.User;
import java.util.List;
import java.util.Map;

/** A shop that reports with the client for Java, fails, and ends. */
public final class Shop {
  public static void main(String[] arguments) {
    Sentry.init(
        options -> {
          options.setDsn(System.getenv("SENTRY_DSN"));
          options.setRelease("shop-java@4.0.0");
          options.setEnvironment("production");
          options.addInAppInclude("shop");
          options.getLogs().setEnabled(true);
          options.setSendDefaultPii(true);
        });
    User user = new User();
    user.setId("u-42");
    user.setEmail("ada@example.org");
    user.setUsername("ada");
    Sentry.setUser(user);
    Sentry.setTag("tenant", "acme");
    Breadcrumb crumb = new Breadcrumb("loading the cart");
    crumb.setCategory("cart");
    Sentry.addBreadcrumb(crumb);
    for (int time = 0; time < 2; time++) {
      attempt(() -> Prices.priceOf(List.of(Map.of())));
    }
    attempt(() -> Prices.loadPrice("A-17"));
    Sentry.captureMessage("stock is low for sku A-17", SentryLevel.WARNING);
    Sentry.logger().info("user signed in");
    Sentry.logger().error("payment refused");
    Sentry.flush(10_000);
    Sentry.close();
  }

  private static void attempt(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException error) {
      Sentry.captureException(error);
    }
  }

  private Shop() {}
}
