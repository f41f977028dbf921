-- Models as they may be used. A profile is one exact combination (its id is a digest of that): another model version,
-- prompt, policy or knowledge is another profile, and starts anew.
create table model_profiles (
  tenant_id text not null,
  id text not null,
  -- As models.yaml calls it.
  name text not null,
  content json not null,
  state text not null, -- candidate | shadow | canary | active | retired
  since_ms bigint not null,
  created_ms bigint not null,
  -- Whether models.yaml has it now: one that was taken out cannot be asked.
  seen_ms bigint not null,
  primary key (tenant_id, id)
);

-- Every change of state, with who made it (null: the watch, by itself) and what the gate said then.
create table model_moves (
  tenant_id text not null,
  id text not null,
  profile_id text not null,
  from_state text,
  to_state text not null,
  by_id text,
  reason text not null,
  gate json not null,
  at_ms bigint not null,
  primary key (tenant_id, id)
);
create index model_moves_by_time on model_moves (tenant_id, at_ms desc);

-- Signed results of `tocsin eval run --record`.
create table evaluation_runs (
  tenant_id text not null,
  id text not null,
  suite text not null,
  model text not null,
  -- Null: answered by code.
  profile_id text,
  report json not null,
  -- Exactly what was signed, and by which key.
  document text not null,
  signature text not null,
  key text not null,
  created_by text,
  created_ms bigint not null,
  primary key (tenant_id, id)
);
create index evaluation_runs_latest on evaluation_runs (tenant_id, suite, created_ms desc);

-- What a shadow model said about a real case. Shown to nobody as a brief; only held against what people decided.
create table shadow_briefs (
  tenant_id text not null,
  id text not null,
  case_id text not null,
  revision integer not null,
  profile_id text not null,
  status text not null, -- answered | refused | unavailable | unsupported
  verdict text,
  confidence real,
  -- The verdict that the model in use proposed for the same revision.
  shown_verdict text,
  claims integer not null,
  struck integer not null,
  cost_usd double precision not null,
  latency_ms integer not null,
  at_ms bigint not null,
  primary key (tenant_id, id)
);
create index shadow_briefs_by_profile on shadow_briefs (tenant_id, profile_id, at_ms);
create index shadow_briefs_by_case on shadow_briefs (tenant_id, case_id);

-- Sums of calls by day, model and task are read from here, not from the whole ledger.
create index ledger_model_outcomes on ledger (tenant, at) where kind = 'model-outcome';
