-- Whose verdicts and reasons may become training data: each person says so, and takes it back, for themselves.
create table training_consents (
  tenant_id text not null,
  user_id text not null,
  agreed boolean not null,
  at_ms bigint not null,
  primary key (tenant_id, user_id)
);
