//! The slice's addresses: pages and actions.

pub(super) mod customer;
pub(super) mod quotes;
pub(super) mod special;
pub(super) mod work;

use actix_web::web::Path;

/// The program and the record of the address.
type Address = Path<(String, String)>;
