-- Registers that people keep: suppliers, risks, incidents, decisions, members, audits. What a record holds is its kind's
-- schema; what it held before is in governance_record_versions.
create table governance_records (
  tenant_id text not null,
  id text not null,
  kind text not null,
  content json not null,
  version integer not null,
  created_by text not null,
  created_ms bigint not null,
  changed_by text not null,
  changed_ms bigint not null,
  primary key (tenant_id, id)
);
create index governance_records_by_kind on governance_records (tenant_id, kind, changed_ms desc);

create table governance_record_versions (
  tenant_id text not null,
  record_id text not null,
  version integer not null,
  content json not null,
  by_id text not null,
  at_ms bigint not null,
  primary key (tenant_id, record_id, version)
);

-- Who has read which version of the policy on the use of AI.
create table policy_acknowledgements (
  tenant_id text not null,
  user_id text not null,
  version integer not null,
  at_ms bigint not null,
  primary key (tenant_id, user_id, version)
);
