-- Lists of the organisation's own names that people uploaded: replaced by placeholders before anything leaves.
create table inventory_lists (
  tenant_id text not null,
  name text not null,
  kind text not null, -- hosts | users | domains | addresses | groups | terms
  entries json not null,
  entry_count integer not null,
  updated_by text not null,
  updated_ms bigint not null,
  primary key (tenant_id, name)
);
