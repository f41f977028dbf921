-- Saved investigations: ordered questions and searches with parameters. Every analyst may run each of them.
create table playbooks (
  tenant_id text not null,
  id text not null,
  name text not null,
  description text not null,
  -- As `chat/playbooks/playbook.ts` has it: parameters and steps.
  body json not null,
  changed_by text not null,
  created_ms bigint not null,
  changed_ms bigint not null,
  primary key (tenant_id, id)
);

-- A playbook as it was run on one case: its own copy, so that an edit changes no run.
create table playbook_runs (
  tenant_id text not null,
  id text not null,
  case_id text not null,
  playbook_id text not null,
  name text not null,
  body json not null,
  -- The parameters' values, and what the person thought first where learning mode is on.
  input json not null,
  by_id text not null,
  -- Who may read what it found: people of this role or a higher one.
  by_role text not null,
  created_ms bigint not null,
  changed_ms bigint not null,
  primary key (tenant_id, id)
);
create index playbook_runs_by_case on playbook_runs (tenant_id, case_id, created_ms desc);

-- What came of each step. The key keeps one step from being taken twice.
create table playbook_run_steps (
  tenant_id text not null,
  run_id text not null,
  step integer not null,
  state text not null check (state in ('done', 'skipped')),
  answer json,
  at_ms bigint not null,
  primary key (tenant_id, run_id, step),
  foreign key (tenant_id, run_id) references playbook_runs (tenant_id, id) on delete cascade
);
