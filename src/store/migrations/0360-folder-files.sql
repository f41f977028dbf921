-- What the processes of a tenant have in files, sealed under that tenant's master key: the owner's backup holds it with the other
-- rows, from whatever machine it is of, and cannot read it. `file` and `digest` are digests by that key of the path and of the
-- content, `kept_by` of the data folder that the file is of. `sealed`: path and content.
create table folder_files (
  tenant_id text not null,
  file text not null,
  digest text not null,
  sealed bytea not null,
  changed_ms bigint not null,
  kept_by text not null,
  kept_ms bigint not null,
  primary key (tenant_id, file)
);
