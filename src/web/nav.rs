//! The main navigation: one line per feature, shown to the seats that may use it.

use crate::auth::{Scope, Seats};

/// An entry as it is declared: its place below `/p/{program}`, its words, and who sees it.
struct Entry {
    path: &'static str,
    label: &'static str,
    icon: &'static str,
    seats: Seats,
}

const ENTRIES: &[Entry] = &[
    Entry { path: "", label: "Start", icon: "home", seats: Seats::ALL },
    Entry { path: "/partners", label: "Partners", icon: "building", seats: Seats::VENDOR },
    Entry { path: "/resellers", label: "Resellers", icon: "building", seats: Seats::DISTRIBUTOR },
    Entry { path: "/contacts", label: "Contacts", icon: "users", seats: Seats::ALL },
    Entry { path: "/roles", label: "Contact roles", icon: "list-check", seats: Seats::CHANNEL },
    Entry { path: "/renewals", label: "Renewals", icon: "calendar-event", seats: Seats::ALL },
    Entry {
        path: "/leads",
        label: "Leads",
        icon: "target",
        seats: Seats::VENDOR.and(Seats::PARTNER),
    },
    Entry {
        path: "/deals",
        label: "Deals",
        icon: "shield-check",
        seats: Seats::VENDOR.and(Seats::PARTNER),
    },
    Entry { path: "/catalogue", label: "Catalogue", icon: "package", seats: Seats::ALL },
    Entry { path: "/inquiries", label: "Inquiries", icon: "inbox", seats: Seats::ALL },
    Entry { path: "/quotes", label: "Quotes", icon: "file-text", seats: Seats::ALL },
    Entry { path: "/orders", label: "Orders", icon: "circle-check", seats: Seats::ALL },
    Entry { path: "/licences", label: "Licences", icon: "certificate", seats: Seats::ALL },
    Entry { path: "/schedules", label: "Schedules", icon: "file-text", seats: Seats::ALL },
    Entry { path: "/customers", label: "Customers", icon: "user", seats: Seats::ALL },
    Entry { path: "/skus", label: "SKU translator", icon: "barcode", seats: Seats::ALL },
    Entry {
        path: "/orders/import",
        label: "Import orders",
        icon: "upload",
        seats: Seats::BACK_OFFICE.and(Seats::PROGRAM_MANAGER),
    },
    Entry {
        path: "/enrolment",
        label: "Your enrolment",
        icon: "certificate",
        seats: Seats::CHANNEL,
    },
    Entry { path: "/program", label: "Program", icon: "info-circle", seats: Seats::ALL },
    Entry { path: "/maintenance", label: "Maintenance", icon: "clock", seats: Seats::VENDOR },
    Entry { path: "/mail", label: "Mail", icon: "mail", seats: Seats::ALL },
    Entry { path: "/history", label: "History", icon: "history", seats: Seats::VENDOR },
];

/// Places of an entry that lie beside its own address.
const INSIDE: &[(&str, &str)] = &[
    ("/prices", "/catalogue"),
    ("/promotions", "/catalogue"),
    ("/discounts", "/catalogue"),
    ("/special-prices", "/quotes"),
    ("/set-backs", "/licences"),
    ("/lost-days", "/licences"),
];

/// An entry as a page shows it.
#[derive(Clone, Debug)]
pub struct NavEntry {
    pub href: String,
    pub label: &'static str,
    pub icon: &'static str,
    pub current: bool,
}

/// The entries for a person, with the one that a path belongs to marked: the longest that fits.
pub(super) fn entries(scope: &Scope, path: &str) -> Vec<NavEntry> {
    let root = format!("/p/{}", scope.program().slug);
    let inner = path.strip_prefix(&root).unwrap_or_default();
    let lies_in = |path: &str| match inner.strip_prefix(path) {
        Some("") => true,
        Some(rest) => !path.is_empty() && rest.starts_with('/'),
        None => false,
    };
    let open = |entry: &&Entry| entry.seats.has(scope.seat());
    // How much of the path an entry accounts for.
    let reach = |entry: &Entry| {
        let inside = INSIDE.iter().filter(|(_, of)| *of == entry.path).map(|(place, _)| *place);
        inside.chain([entry.path]).filter(|path| lies_in(path)).map(str::len).max()
    };
    let longest = ENTRIES.iter().filter(open).filter_map(reach).max();
    let belongs = |entry: &Entry| longest.is_some() && reach(entry) == longest;
    ENTRIES
        .iter()
        .filter(open)
        .map(|entry| NavEntry {
            href: format!("{root}{}", entry.path),
            label: entry.label,
            icon: entry.icon,
            current: belongs(entry),
        })
        .collect()
}
