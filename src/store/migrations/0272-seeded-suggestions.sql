-- Bad suggestions that a lead put among the real ones to see whether they are caught. The marker is in the proposal's nonce,
-- which its digest is over and nobody is shown before the decision.
create table seeded_suggestions (
  tenant_id text not null,
  proposal_id text not null,
  case_id text not null,
  kind text not null, -- wrong-address | wrong-host
  what_is_wrong text not null,
  by_id text not null,
  at_ms bigint not null,
  primary key (tenant_id, proposal_id)
);

-- The last wall: whatever the program does, the database never lets one be approved or carried out.
create function refuse_seeded_proposal() returns trigger language plpgsql as $$
begin
  raise exception 'a seeded suggestion is never carried out: proposal % may not become %', new.id, new.state;
end $$;
create trigger seeded_proposals_never_execute before insert or update on proposals
  for each row
  when (new.content ->> 'nonce' like 'seeded-%' and new.state in ('approved', 'executing', 'sent', 'done', 'rehearsed', 'unknown'))
  execute function refuse_seeded_proposal();
