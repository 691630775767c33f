//! Onboarding: a new partner or distributor, from enrolment to its first administrator.
