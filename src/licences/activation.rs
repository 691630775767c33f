//! Recording an activation.
