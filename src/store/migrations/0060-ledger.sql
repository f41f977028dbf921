-- The ledger: append-only by trigger, and hash-chained, so that what gets past the trigger shows. SQL in src/ledger.
create table ledger (
  seq bigint primary key,
  at timestamptz not null,
  kind text not null,
  tenant text not null,
  actor text not null,
  subject text not null,
  -- json and not jsonb: kept as written.
  body json not null,
  prev text not null,
  hash text not null unique
);
create index ledger_subject on ledger (tenant, subject, seq);
create index ledger_kind on ledger (kind, at);

create function refuse_ledger_change() returns trigger language plpgsql as
  $$ begin raise exception 'the ledger is append-only'; end $$;
create trigger ledger_is_append_only before update or delete or truncate on ledger
  for each statement execute function refuse_ledger_change();

-- One key per case for what the ledger keeps encrypted; null once it was erased.
create table data_keys (
  tenant text not null,
  case_id text not null,
  wrapped bytea,
  primary key (tenant, case_id)
);
