-- Who last gave an account its right or its credentials, when, and whether a second admin looked on.
alter table users add column vouched_ms bigint;
alter table users add column vouched_by text[] not null default '{}';
alter table users add column vouched_alone boolean not null default false;

-- Changes of accounts that wait for a second admin. Kept once decided.
create table account_requests (
  tenant_id text not null,
  id text not null,
  -- The change as it was asked for, and in words.
  change json not null,
  words text not null,
  asked_by text not null,
  asked_ms bigint not null,
  expires_ms bigint not null,
  state text not null check (state in ('waiting', 'done', 'rejected')),
  decided_by text,
  decided_ms bigint,
  primary key (tenant_id, id)
);
create index account_requests_waiting on account_requests (tenant_id, asked_ms) where state = 'waiting';

-- Whoever wanted to hear of the break-glass account wants to hear of these.
update notification_channels set events = events || array['account-alone', 'account-waiting']
where 'break-glass' = any (events);
