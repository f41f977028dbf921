-- Detection rules on their way to Wazuh. `digest` is over what would be deployed and what it replaces.
create table rule_drafts (
  tenant_id text not null,
  id text not null,
  title text not null,
  file_name text not null,
  text text not null,
  cases json not null,
  state text not null,
  -- What was measured of exactly this text; null after every change.
  proof json,
  digest text,
  -- The file as it was deployed when the draft was proven; null where there was none.
  replaces text,
  changed_by text not null,
  requested_by text,
  reason text not null default '',
  decided_by text,
  decision_reason text,
  outcome text,
  created_ms bigint not null,
  changed_ms bigint not null,
  primary key (tenant_id, id),
  unique (tenant_id, file_name)
);
create index rule_drafts_by_change on rule_drafts (tenant_id, changed_ms);
