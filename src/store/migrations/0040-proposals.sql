-- Response proposals and the decisions on them. `content` is what the digest is over and never changes.
create table proposals (
  tenant_id text not null,
  id text not null,
  case_id text not null,
  digest text not null unique,
  content json not null,
  state text not null,
  prepared_by text not null,
  requested_by text,
  reason text not null,
  evidence text[] not null,
  created_ms bigint not null,
  changed_ms bigint not null,
  outcome text,
  primary key (tenant_id, id)
);
create index proposals_by_case on proposals (tenant_id, case_id, created_ms);
create index proposals_in_motion on proposals (tenant_id, state, changed_ms)
  where state in ('draft', 'awaiting', 'approved', 'executing', 'sent');

-- One decision a person and proposal.
create table approvals (
  tenant_id text not null,
  proposal_id text not null,
  proposal_digest text not null,
  approver text not null,
  on_behalf_of text not null,
  decision text not null check (decision in ('approve', 'reject')),
  reason text not null,
  at_ms bigint not null,
  stepped_up_ms bigint,
  primary key (tenant_id, proposal_id, approver),
  foreign key (tenant_id, proposal_id) references proposals (tenant_id, id)
);

-- Approvers who are away, and who stands in for them until when.
create table approval_delegations (
  tenant_id text not null,
  principal text not null,
  stand_in text not null check (stand_in <> principal),
  from_ms bigint not null,
  until_ms bigint not null,
  primary key (tenant_id, principal, stand_in)
);
