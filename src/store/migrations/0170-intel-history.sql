-- Hunts for a report's indicators in the history that the indexer keeps, beyond what is stored here.
create table intel_history_hunts (
  tenant_id text not null,
  id text not null,
  report_id text not null,
  state text not null, -- running, done, stopped
  -- What is hunted, fixed at the start so that the place means the same after a restart: [[type, value], ...].
  indicators json not null,
  from_ms bigint not null,
  to_ms bigint not null,
  -- A step is one batch of indicators over one span of time, the newest span first. 0 steps: not planned yet.
  step integer not null default 0,
  steps integer not null default 0,
  -- Where in the step: which fields, and the last document's sort values.
  place json,
  -- Documents that the indexer offered, and those in which an indicator really stands.
  candidates bigint not null default 0,
  hits bigint not null default 0,
  -- Why it does not go on, while it does not.
  trouble text,
  started_by text,
  created_ms bigint not null,
  finished_ms bigint,
  primary key (tenant_id, id),
  foreign key (tenant_id, report_id) references intel_reports (tenant_id, id) on delete cascade
);
create index intel_history_hunts_by_report on intel_history_hunts (tenant_id, report_id, created_ms desc);

-- How many alerts of history hold each indicator; only the first of them are taken in.
create table intel_history_counts (
  tenant_id text not null,
  hunt_id text not null,
  type text not null,
  value text not null,
  alerts bigint not null,
  first_ms bigint not null,
  last_ms bigint not null,
  primary key (tenant_id, hunt_id, type, value),
  foreign key (tenant_id, hunt_id) references intel_history_hunts (tenant_id, id) on delete cascade
);
