-- Ageing counts from when an indicator was last reported or last seen here.
alter table intel_indicators add column last_sighted_ms bigint;
-- Decisions of people about indicators, one after the other: the newest is the status.
create table intel_feedback (
  tenant_id text not null,
  id text not null,
  type text not null,
  value text not null,
  status text not null,
  reason text not null,
  by_id text not null,
  at_ms bigint not null,
  primary key (tenant_id, id)
);
create index intel_feedback_by_value on intel_feedback (tenant_id, type, value, at_ms desc);
