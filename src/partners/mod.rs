//! Partners: organisations and their enrolments in programs.
