//! The demo: three programs, their people and their story.
