DROP TABLE contact_roles;
DROP TABLE enrolment_distributors;
DROP TABLE enrolment_types;
DROP TABLE enrolments;
DROP TABLE contacts;
