-- Reported and passing mails: the bytes as received, what was found in them, and what a person decided.
create table mail_messages (
  tenant_id text not null,
  id text not null,
  -- upload, imap, journal, milter or gateway
  source text not null,
  reporter text,
  received_ms bigint not null,
  sha256 text not null,
  size_bytes bigint not null,
  raw bytea not null,
  message_id text,
  subject text not null,
  sender text not null,
  sender_domain text not null,
  link_domains text[] not null,
  campaign text not null,
  verdict text not null,
  probability double precision not null,
  report json not null,
  judgement json,
  decided_verdict text,
  decided_by text,
  decided_reason text,
  decided_ms bigint,
  primary key (tenant_id, id),
  unique (tenant_id, sha256)
);
create index mail_messages_latest on mail_messages (tenant_id, received_ms desc, id desc);
create index mail_messages_by_campaign on mail_messages (tenant_id, campaign);
create index mail_messages_decided_by_sender on mail_messages (tenant_id, sender) where decided_verdict is not null;

-- Prints of campaigns, so that a near-duplicate that comes next week joins the one of today.
create table mail_campaigns (
  tenant_id text not null,
  id text not null,
  simhash bigint not null,
  words int not null,
  first_seen_ms bigint not null,
  last_seen_ms bigint not null,
  primary key (tenant_id, id)
);
create index mail_campaigns_latest on mail_campaigns (tenant_id, last_seen_ms desc);
