-- The map between real values and placeholders of one case, encrypted before it comes here. `scope` is a keyed digest
-- of tenant and case. Deleting a row erases: without it no placeholder of the case can be revealed again.
create table vaults (
  tenant_id text not null,
  scope text not null,
  expires_at_ms bigint not null,
  nonce text not null,
  data text not null,
  primary key (tenant_id, scope)
);
create index vaults_by_expiry on vaults (expires_at_ms);
