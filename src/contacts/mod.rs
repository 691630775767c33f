//! Contacts: people of an organisation, their contact roles, and who gets which mail.
