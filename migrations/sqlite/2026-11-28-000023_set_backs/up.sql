-- What a change of policy cost: licences that waited for their activation and got their start set
-- back to the day their order was processed.
CREATE TABLE set_backs (
    licence_id INTEGER PRIMARY KEY NOT NULL REFERENCES licences (id),
    -- the licence's own
    reference TEXT NOT NULL UNIQUE,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    reseller_id BIGINT NOT NULL REFERENCES organisations (id),
    distributor_id BIGINT REFERENCES organisations (id),
    -- the first day of the policy that ended the waiting
    changed_on DATE NOT NULL,
    -- of the term, on that day
    days_gone INTEGER NOT NULL CHECK (days_gone >= 0),
    days_left INTEGER NOT NULL CHECK (days_left >= 0),
    -- when the partner was told; none while nobody could be
    told_on DATE
);
CREATE INDEX set_backs_by_days ON set_backs (program_id, days_gone, reference);
CREATE INDEX set_backs_by_reseller ON set_backs (program_id, reseller_id, days_gone, reference);
CREATE INDEX set_backs_by_distributor ON set_backs (program_id, distributor_id, days_gone, reference);
CREATE INDEX set_backs_untold ON set_backs (program_id, reseller_id) WHERE told_on IS NULL;

-- What was not activated, the earliest start first: the list of what runs unused.
CREATE INDEX licences_unused ON licences (program_id, starts_on, reference, due_on)
    WHERE activated_on IS NULL AND months IS NOT NULL AND kind <> 'renewal' AND kind <> 'change';
CREATE INDEX licences_unused_by_reseller ON licences (program_id, reseller_id, starts_on, reference, due_on)
    WHERE activated_on IS NULL AND months IS NOT NULL AND kind <> 'renewal' AND kind <> 'change';
CREATE INDEX licences_unused_by_distributor ON licences (program_id, distributor_id, starts_on, reference, due_on)
    WHERE activated_on IS NULL AND months IS NOT NULL AND kind <> 'renewal' AND kind <> 'change';
