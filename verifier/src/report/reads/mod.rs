//! The operations that checks may read, as authors look them up.

mod json;
mod shape;
mod text;

pub use json::{document, operations};
pub use text::{list, operation, service};
