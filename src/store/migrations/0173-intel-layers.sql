-- ATT&CK Navigator layers that people import, to lay over the matrix: an adversary's techniques, a plan, an audit.
create table intel_layers (
  tenant_id text not null,
  id text not null,
  name text not null,
  techniques json not null, -- [{id, score, comment}]
  added_by text not null,
  created_ms bigint not null,
  primary key (tenant_id, id)
);
