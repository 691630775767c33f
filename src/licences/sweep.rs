//! Lines that wait: decided again when a policy's day has passed.
