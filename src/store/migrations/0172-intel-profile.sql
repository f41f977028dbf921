-- What the organisation is, so that a digest can be ranked by it, and who gets it by mail.
create table intel_profile (
  tenant_id text primary key,
  sectors text[] not null,
  technologies text[] not null,
  cadence text not null, -- off, daily, weekly
  -- Hour of the day, UTC; a weekly digest goes on Mondays.
  hour smallint not null,
  recipients text[] not null,
  changed_by text,
  changed_ms bigint not null,
  -- The last one that was queued, by its due time: each is sent once.
  queued_ms bigint not null default 0,
  sent_ms bigint,
  last_error text
);
