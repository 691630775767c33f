DROP TABLE half_sign_ins;
DROP TABLE recovery_codes;
DROP TABLE second_factors;
ALTER TABLE logins DROP COLUMN second_factor_owed;
ALTER TABLE logins DROP COLUMN second_factor_at;
