-- Alerts whose text speaks to a model instead of a person: told at the door, so that one among thousands of a case is
-- not overlooked. Alerts from before this have not been looked at.
alter table alerts add column speaks_to_model boolean not null default false;

create index alerts_that_speak on alerts (tenant_id, case_id, timestamp_ms) where speaks_to_model;
