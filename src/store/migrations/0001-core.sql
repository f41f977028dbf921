-- Times are milliseconds since the Unix epoch (bigint, *_ms), as everywhere in Tocsin. Every row has a tenant.
-- Documents that nobody searches in are json, not jsonb: json keeps the text as it is, \u0000 escapes included.

create table alerts (
  tenant_id text not null,
  key text not null,
  id text not null,
  case_id text not null,
  -- Why it is in that case, for a person.
  why text not null,
  source text not null,
  generation smallint not null,
  timestamp_ms bigint not null,
  received_ms bigint not null,
  rule_id text not null,
  level smallint not null,
  description text not null,
  agent_id text not null,
  agent_name text not null,
  location text not null,
  techniques text[] not null,
  -- Exactly what the source gave.
  raw text not null,
  primary key (tenant_id, key)
);
create index alerts_by_case on alerts (tenant_id, case_id, timestamp_ms, key);
create index alerts_by_agent on alerts (tenant_id, agent_name, timestamp_ms);

-- How often each rule fired on each host by day: rarity and history without counting alerts.
create table alert_counts (
  tenant_id text not null,
  rule_id text not null,
  agent_name text not null,
  day integer not null, -- days since the epoch
  count integer not null,
  last_seen_ms bigint not null,
  primary key (tenant_id, rule_id, agent_name, day)
) with (fillfactor = 75);

create table cases (
  tenant_id text not null,
  id text not null,
  title text not null,
  headline text,
  severity smallint not null, -- 0 low .. 3 critical
  max_level smallint not null,
  status text not null default 'open',
  verdict text,
  verdict_reason text,
  verdict_by text,
  verdict_ms bigint,
  proposed_verdict text,
  confidence real,
  alert_count integer not null,
  revision integer not null,
  -- The revision that the newest brief 0 is about; 0 before the first.
  briefed_revision integer not null default 0,
  first_seen_ms bigint not null,
  last_seen_ms bigint not null,
  created_ms bigint not null,
  updated_ms bigint not null,
  due_ms bigint not null,
  assignee_id text,
  hosts text[] not null,
  users text[] not null,
  techniques text[] not null,
  tactics text[] not null,
  sample boolean not null default false,
  merged_into text,
  -- When a person last took it out of grouping: closed, merged or split.
  settled_ms bigint,
  model_brief json,
  -- What grouping needs to go on after a restart: entities and group keys.
  grouping json not null,
  -- Leads the sort orders below: open cases are few among many closed ones.
  closed boolean not null generated always as (status = 'closed') stored,
  primary key (tenant_id, id)
);
-- The queue's sort orders. Each alert moves its case in them, so there are as few as the queue needs.
create index cases_priority on cases (tenant_id, closed, severity desc, last_seen_ms desc, id desc);
create index cases_newest on cases (tenant_id, last_seen_ms desc, id desc);
create index cases_due on cases (tenant_id, due_ms, id) where not closed;
create index cases_assignee on cases (tenant_id, assignee_id) where assignee_id is not null;
create index cases_settled on cases (tenant_id, settled_ms) where settled_ms is not null;
create index cases_decided on cases (tenant_id, title, verdict_ms desc) where verdict is not null;

-- Words of titles and headlines. A table of its own: cases change with every alert, their words only with a brief.
create table case_words (
  tenant_id text not null,
  case_id text not null,
  words tsvector not null,
  primary key (tenant_id, case_id)
);
create index case_words_search on case_words using gin (words);

-- Which entities a case names. One row per case, not per alert: that is what pivots and searches need.
create table case_entities (
  tenant_id text not null,
  case_id text not null,
  type text not null,
  value text not null,
  roles text[] not null,
  alert_count integer not null,
  primary key (tenant_id, case_id, type, value)
) with (fillfactor = 75); -- Room to count up in place.
create index case_entities_by_value on case_entities (tenant_id, value text_pattern_ops, type);

create table briefs (
  tenant_id text not null,
  id text not null,
  case_id text not null,
  revision integer not null,
  origin text not null, -- computed | model
  created_ms bigint not null,
  brief json not null,
  evidence json not null,
  review text not null, -- not-needed | pending | validated | rejected
  reviewed_by text,
  reviewed_ms bigint,
  review_reason text,
  primary key (tenant_id, id)
);
create index briefs_by_case on briefs (tenant_id, case_id, created_ms desc);
-- Brief 0 is kept for the newest revision only: it can be made again from the alerts at any time.
create unique index briefs_computed on briefs (tenant_id, case_id) where origin = 'computed';

create table notes (
  tenant_id text not null,
  id text not null,
  case_id text not null,
  at_ms bigint not null,
  by_id text not null,
  text text not null,
  primary key (tenant_id, id)
);
create index notes_by_case on notes (tenant_id, case_id, at_ms);

create table case_history (
  tenant_id text not null,
  id text not null,
  case_id text not null,
  at_ms bigint not null,
  kind text not null,
  by_id text, -- null: Tocsin itself
  detail text not null,
  primary key (tenant_id, id)
);
create index case_history_by_case on case_history (tenant_id, case_id, at_ms);

create table quarantine (
  tenant_id text not null,
  id text not null,
  at_ms bigint not null,
  source text not null,
  code text not null,
  message text not null,
  "where" text not null,
  content bytea not null,
  primary key (tenant_id, id)
);

-- How far each source has been read. Written in the transaction that stores what was read.
create table checkpoints (
  tenant_id text not null,
  source text not null,
  position json not null,
  updated_ms bigint not null,
  primary key (tenant_id, source)
);

-- Who runs what only one process may run at a time (a source's reader). Renewed while it runs.
create table leases (
  name text primary key,
  owner text not null,
  until_ms bigint not null
);

-- Grows by one with each batch: a process whose grouping state is of an older epoch loads it again first.
create table grouping_epoch (
  tenant_id text primary key,
  epoch bigint not null,
  -- The day (since the epoch) of the oldest alert ever taken in: how far back history can speak.
  first_day integer
);

create table jobs (
  id bigint generated always as identity primary key,
  tenant_id text not null,
  kind text not null,
  -- What the job is about; a second job for it is not queued while one waits.
  key text not null,
  payload json not null,
  priority smallint not null default 0,
  state text not null default 'ready', -- ready | running | dead
  run_at_ms bigint not null,
  attempts smallint not null default 0,
  locked_until_ms bigint,
  last_error text,
  created_ms bigint not null
);
create unique index jobs_ready_once on jobs (tenant_id, kind, key) where state = 'ready';
create index jobs_next on jobs (kind, priority desc, run_at_ms) where state = 'ready';
create index jobs_running on jobs (locked_until_ms) where state = 'running';

create table users (
  tenant_id text not null,
  id text not null,
  username text not null,
  display_name text not null,
  role text not null,
  state text not null default 'active',
  password_hash text not null,
  must_change_password boolean not null,
  created_ms bigint not null,
  last_sign_in_ms bigint,
  primary key (tenant_id, id)
);
create unique index users_by_name on users (tenant_id, lower(username));

-- Failures by the name that was tried, whether or not there is such an account: a lock must not tell.
create table sign_in_failures (
  tenant_id text not null,
  username text not null, -- lower case
  failures integer not null,
  last_ms bigint not null,
  locked_until_ms bigint not null default 0,
  primary key (tenant_id, username)
);

create table sessions (
  tenant_id text not null,
  id text not null,
  user_id text not null,
  secret_hash bytea not null,
  csrf_token text not null,
  created_ms bigint not null,
  last_used_ms bigint not null,
  expires_ms bigint not null,
  address text not null,
  user_agent text not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
create index sessions_by_user on sessions (tenant_id, user_id);

create table api_tokens (
  tenant_id text not null,
  id text not null,
  user_id text not null,
  name text not null,
  scopes text[] not null,
  secret_hash bytea not null,
  created_ms bigint not null,
  expires_ms bigint,
  last_used_ms bigint,
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);

create table saved_views (
  tenant_id text not null,
  id text not null,
  owner_id text not null,
  name text not null,
  query text not null,
  shared boolean not null,
  created_ms bigint not null,
  primary key (tenant_id, id)
);

-- Accounts and administration: who signed in, who changed whose role.
create table account_events (
  tenant_id text not null,
  id text not null,
  at_ms bigint not null,
  kind text not null,
  by_id text,
  subject text not null,
  detail text not null,
  primary key (tenant_id, id)
);

-- What was written back to Wazuh: one row per thing published, so that it is published once.
create table publications (
  tenant_id text not null,
  digest text not null,
  case_id text not null,
  brief_id text not null,
  published_ms bigint not null,
  primary key (tenant_id, digest)
);
create index publications_by_case on publications (tenant_id, case_id);
