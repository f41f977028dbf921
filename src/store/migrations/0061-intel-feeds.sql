-- Where each subscribed feed stands: what to ask for next, and how it went.

create table intel_feeds (
  tenant_id text not null,
  id text not null,
  -- For conditional requests, as the server gave them.
  etag text,
  last_modified text,
  -- TAXII: added_after; MISP: the newest event's timestamp.
  place text,
  next_ms bigint not null default 0,
  failures integer not null default 0,
  last_error text,
  last_ok_ms bigint,
  primary key (tenant_id, id)
);
