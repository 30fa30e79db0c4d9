//! A shop that reports with the client for Rust, fails, and ends.
mod prices;

use std::{collections::HashMap, panic, time::Duration};

use prices::{load_price, price_of};
use sentry::{Breadcrumb, ClientOptions, Level, User};

fn main() {
    let mut options = ClientOptions::default();
    options.release = Some("shop@0.3.0".into());
    options.environment = Some("staging".into());
    options.attach_stacktrace = true;
    options.send_default_pii = true;
    let guard = sentry::init((std::env::var("SENTRY_DSN").unwrap(), options));
    sentry::configure_scope(|scope| {
        scope.set_user(Some(User {
            id: Some("u-42".into()),
            email: Some("ada@example.org".into()),
            username: Some("ada".into()),
            ..Default::default()
        }));
        scope.set_tag("tenant", "acme");
    });
    sentry::add_breadcrumb(Breadcrumb {
        category: Some("cart".into()),
        message: Some("loading the cart".into()),
        ..Default::default()
    });
    for _ in 0..2 {
        let _ = panic::catch_unwind(|| price_of(&[HashMap::new()]));
    }
    sentry::capture_error(&load_price("A-17").unwrap_err());
    sentry::capture_message("stock is low for sku A-17", Level::Warning);
    sentry::logger_info!("user signed in");
    sentry::logger_error!("payment refused");
    guard.flush(Some(Duration::from_secs(10)));
}
