-- Where people are told that something waits for them. `sealed_target` holds addresses and secrets: they are never read back.
create table notification_channels (
  tenant_id text not null,
  id text not null,
  kind text not null,
  name text not null,
  events text[] not null,
  minimum_severity smallint not null,
  -- link: what happened and a link; redacted: also the title, without names and secrets.
  detail text not null check (detail in ('link', 'redacted')),
  enabled boolean not null,
  -- What admins see of the target: the host, the recipients.
  shown text not null,
  sealed_target text not null,
  created_ms bigint not null,
  created_by text not null,
  primary key (tenant_id, id)
);

-- What there was to tell, each once: `key` names the event and its subject.
create table notices (
  tenant_id text not null,
  key text not null,
  event text not null,
  subject text not null,
  facts json not null,
  at_ms bigint not null,
  primary key (tenant_id, key)
);

-- What was told to whom, and what became of it.
create table notice_deliveries (
  tenant_id text not null,
  id text not null,
  notice_key text not null,
  channel_id text not null,
  channel_name text not null,
  state text not null check (state in ('waiting', 'sent', 'failed')),
  attempts integer not null default 0,
  last_error text,
  queued_ms bigint not null,
  done_ms bigint,
  primary key (tenant_id, id),
  unique (tenant_id, notice_key, channel_id)
);
create index notice_deliveries_newest on notice_deliveries (tenant_id, queued_ms desc, id desc);
