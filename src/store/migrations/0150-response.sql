-- What admins decide about response actions in the console: each change is a version, none is overwritten.
create table response_settings (
  tenant_id text not null,
  version integer not null,
  settings json not null,
  state text not null check (state in ('active', 'waiting', 'superseded', 'rejected')),
  -- In words, what it allows that was not allowed before. Such a change waits for a second admin.
  weakens text[] not null,
  reason text not null,
  changed_by text not null,
  changed_ms bigint not null,
  decided_by text,
  decided_ms bigint,
  primary key (tenant_id, version)
);
create unique index response_settings_active on response_settings (tenant_id) where state = 'active';
create unique index response_settings_waiting on response_settings (tenant_id) where state = 'waiting';

-- The proposal that this one takes back.
alter table proposals add column rollback_of text;
create index proposals_rollback_of on proposals (tenant_id, rollback_of) where rollback_of is not null;
create index approvals_rejected on approvals (tenant_id, at_ms) where decision = 'reject';

-- Steps of a remediation that people do by hand: each tick is a row, the latest of a step counts.
create table remediation_ticks (
  tenant_id text not null,
  id text not null,
  case_id text not null,
  step text not null,
  step_text text not null,
  state text not null check (state in ('done', 'open', 'not-needed')),
  comment text not null,
  by_id text not null,
  at_ms bigint not null,
  primary key (tenant_id, id)
);
create index remediation_ticks_by_case on remediation_ticks (tenant_id, case_id, at_ms);
