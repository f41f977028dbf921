-- What people taught from a case, a correction or a rating: shown to later cases in its scope as evidence, never as an
-- instruction, until it expires or is revoked. It goes when the case that it was learned from is erased.
create table lessons (
  tenant_id text not null,
  id text not null,
  case_id text,
  source text not null, -- verdict | correction | rating | written
  scope_kind text not null, -- like | rule | host | technique | everywhere
  scope_value text not null,
  text text not null,
  verdict text,
  state text not null, -- waiting | active | refused | revoked
  -- What the checks found when it was saved, and why it needed a second person.
  findings json not null,
  created_by text not null,
  created_ms bigint not null,
  decided_by text,
  decided_ms bigint,
  reason text not null default '',
  expires_ms bigint not null,
  primary key (tenant_id, id)
);
create index lessons_in_force on lessons (tenant_id, scope_kind, scope_value) where state = 'active';

-- Questions that people keep to evaluate with, and decided cases or mails that must not be used for it (`withdrawn`).
-- Verdicts themselves are read where they stand.
create table evaluation_cases (
  tenant_id text not null,
  -- `question_…`, `case:ID` or `mail:ID`.
  id text not null,
  case_id text,
  question text,
  expected json not null,
  state text not null, -- kept | withdrawn
  by_id text not null,
  at_ms bigint not null,
  reason text not null default '',
  primary key (tenant_id, id)
);
