-- When an approval stopped to count because its author was deactivated: it does not come back with the account.
alter table approvals add column voided_ms bigint;
-- When the directory deleted the account. Its row stays: history names it.
alter table users add column deleted_ms bigint;

-- Each use of the break-glass account, with the reason that its user gave. A banner stands until an admin has seen it.
create table break_glass_uses (
  tenant_id text not null,
  id text not null,
  user_id text not null,
  at_ms bigint not null,
  reason text not null,
  address text not null,
  acknowledged_by text,
  acknowledged_ms bigint,
  primary key (tenant_id, id)
);
create index break_glass_open on break_glass_uses (tenant_id, at_ms) where acknowledged_ms is null;
