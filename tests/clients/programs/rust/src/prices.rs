use std::{collections::HashMap, error::Error, fmt, num::ParseIntError};

#[derive(Debug)]
pub struct PriceError {
    sku: String,
    cause: ParseIntError,
}

impl fmt::Display for PriceError {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        write!(to, "no price for {}", self.sku)
    }
}

impl Error for PriceError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.cause)
    }
}

pub fn price_of(items: &[HashMap<&str, i64>]) -> i64 {
    items.iter().map(|item| item.get("price").unwrap()).sum()
}

pub fn load_price(sku: &str) -> Result<i64, PriceError> {
    "{bad".parse().map_err(|cause| PriceError { sku: sku.to_string(), cause })
}
