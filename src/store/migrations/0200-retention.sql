-- What people set about governance (how long data is kept, …), by name. Each change is in the ledger too.
create table governance_settings (
  tenant_id text not null,
  name text not null,
  value json not null,
  changed_by text,
  changed_ms bigint not null,
  primary key (tenant_id, name)
);

-- Cases that must not be deleted, neither by age nor on request, until somebody lifts it.
create table legal_holds (
  tenant_id text not null,
  case_id text not null,
  reason text not null,
  by_id text not null,
  at_ms bigint not null,
  primary key (tenant_id, case_id)
);

-- Finds what is too old without reading what is not.
create index cases_closed_by_age on cases (tenant_id, last_seen_ms) where status = 'closed';
