-- Model outputs drawn by a seed for a person to judge. The seed is the ledger's hash at the time of drawing: nobody chooses what
-- is looked at, and anybody can draw again.
create table output_audits (
  tenant_id text not null,
  id text not null,
  brief_id text not null,
  case_id text not null,
  model text not null,
  drawn_by text not null,
  drawn_ms bigint not null,
  seed text not null,
  -- Whoever decided on the case, or reviewed the brief, does not audit it.
  involved text[] not null,
  result text, -- sound | minor | wrong | harmful
  findings text,
  judged_by text,
  judged_ms bigint,
  primary key (tenant_id, id),
  unique (tenant_id, brief_id)
);
create index output_audits_by_case on output_audits (tenant_id, case_id);
