-- Rules of other kinds than Wazuh's XML, what a draft started from, and files that a YARA rule must or must not match.
alter table rule_drafts add column kind text not null default 'wazuh';
alter table rule_drafts add column origin json;
create table rule_draft_samples (
  tenant_id text not null,
  draft_id text not null,
  id text not null,
  name text not null,
  sha256 text not null,
  bytes bytea not null,
  must_match boolean not null,
  created_ms bigint not null,
  primary key (tenant_id, draft_id, id)
);
