-- YARA rule packs that the server scans with: each upload is a version; only what compiles gets in.
create table yara_packs (
  tenant_id text not null,
  name text not null,
  version integer not null,
  source text not null,
  sha256 text not null,
  state text not null check (state in ('draft', 'active', 'retired')),
  rules json not null,
  warnings json not null,
  scans bigint not null default 0,
  uploaded_by text not null,
  uploaded_ms bigint not null,
  changed_by text,
  changed_ms bigint,
  primary key (tenant_id, name, version)
);
create unique index yara_packs_active on yara_packs (tenant_id, name) where state = 'active';

create table yara_rule_matches (
  tenant_id text not null,
  name text not null,
  version integer not null,
  rule text not null,
  matches bigint not null,
  last_match_ms bigint not null,
  primary key (tenant_id, name, version, rule)
);

-- Files that people had scanned. The file itself is not kept.
create table yara_scans (
  tenant_id text not null,
  id text not null,
  file_name text not null,
  sha256 text not null,
  size_bytes bigint not null,
  packs text[] not null,
  result json not null,
  took_ms integer not null,
  by_id text not null,
  at_ms bigint not null,
  primary key (tenant_id, id)
);
create index yara_scans_latest on yara_scans (tenant_id, at_ms desc);
