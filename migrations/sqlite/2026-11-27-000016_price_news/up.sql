-- Price lists of which partners are still to be told; a row goes when all of them were.
CREATE TABLE price_news (
    id INTEGER PRIMARY KEY NOT NULL,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    -- the list's, which may be gone by now
    reference TEXT NOT NULL UNIQUE,
    event TEXT NOT NULL CHECK (event IN ('published', 'withdrawn')),
    -- whom it concerns: those who pay in it
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    effective_on DATE NOT NULL,
    happened_at TIMESTAMP NOT NULL,
    -- whether partners were told of an earlier version of the list
    told_before BOOLEAN NOT NULL,
    -- how far they are told: name and reference of the last enrolment; empty at first
    after_name_key TEXT NOT NULL,
    after_reference TEXT NOT NULL
);
CREATE INDEX price_news_by_program ON price_news (program_id);
