//! End customers: records without a login.
