-- Tenants of one database, each with a login role of its own: its processes can reach its rows and no others, whatever
-- they ask for. Without rows here nothing is different: policies are made with the first tenant (src/store/tenants.ts).
create table tenants (
  id text primary key,
  name text not null,
  role name not null unique,
  created_ms bigint not null
);

-- The functions name their schema: a caller's own search path, or a temporary table, must not lead them elsewhere.
do $do$
begin
  -- By who signed in to the database, which nothing that is sent later can change.
  execute format(
    $sql$create function tocsin_tenant() returns text language sql stable security definer set search_path = pg_catalog
      as $f$ select id from %I.tenants where role = session_user $f$ $sql$, current_schema());
  -- The chain goes on from the last entry, whoever's that is: its number and hash tell nothing of it.
  execute format(
    $sql$create function ledger_head() returns table (seq bigint, hash text) language sql stable security definer
      set search_path = pg_catalog
      as $f$ select seq, hash from %I.ledger order by seq desc limit 1 $f$ $sql$, current_schema());
  -- A tenant that verifies its own entries walks over those of others: number and hashes, nothing of what they say.
  execute format(
    $sql$create function ledger_links(first bigint, last bigint) returns table (seq bigint, prev text, hash text)
      language sql stable security definer set search_path = pg_catalog
      as $f$ select seq, prev, hash from %I.ledger where seq between first and last order by seq $f$ $sql$, current_schema());
end $do$;

-- Whose process says so: by who signed in, or of the one organisation.
alter table model_health add column tenant_id text not null default 'default';
alter table model_health alter column tenant_id set default coalesce(tocsin_tenant(), 'default');
