-- Threat intelligence: reports, the indicators in them, where we saw them, and hunts over stored alerts.

create table intel_reports (
  tenant_id text not null,
  id text not null,
  -- The file or item name it came under.
  name text not null,
  title text,
  url text,
  -- 'upload', or the id of a source.
  source text not null,
  -- Admiralty code of the source: A (reliable) .. F (cannot be judged).
  trust text not null default 'F',
  tlp text,
  format text not null,
  -- Of the bytes as received, and of the normalised text: syndicated copies differ in bytes only.
  sha256 text not null,
  text_sha256 text not null,
  text text not null,
  -- What was extracted, as shown: techniques with quotes, rules, dropped values, problems.
  extract json not null,
  indicator_count integer not null,
  technique_ids text[] not null,
  added_by text,
  created_ms bigint not null,
  primary key (tenant_id, id)
);
create unique index intel_reports_by_text on intel_reports (tenant_id, text_sha256);
create index intel_reports_by_time on intel_reports (tenant_id, created_ms desc, id desc);

create table intel_indicators (
  tenant_id text not null,
  type text not null,
  value text not null,
  -- 'live' ones are matched against alerts; 'false-positive' was said by a person, with the reason.
  status text not null default 'live',
  status_reason text,
  status_by text,
  -- The highest of its reports; it decays with age when it is read.
  confidence real not null,
  first_reported_ms bigint not null,
  last_reported_ms bigint not null,
  primary key (tenant_id, type, value)
);

create table intel_mentions (
  tenant_id text not null,
  report_id text not null,
  type text not null,
  value text not null,
  text_offset integer not null,
  defanged boolean not null,
  role text not null,
  confidence real not null,
  primary key (tenant_id, report_id, type, value),
  foreign key (tenant_id, report_id) references intel_reports (tenant_id, id) on delete cascade
);
create index intel_mentions_by_value on intel_mentions (tenant_id, type, value);

create table intel_sightings (
  tenant_id text not null,
  type text not null,
  value text not null,
  alert_key text not null,
  case_id text not null,
  agent_name text not null,
  alert_ms bigint not null,
  found_ms bigint not null,
  primary key (tenant_id, type, value, alert_key)
);
create index intel_sightings_by_case on intel_sightings (tenant_id, case_id);

-- A hunt reads stored alerts in the order they were received. It keeps its place, so that it goes on after a crash.
create table intel_hunts (
  tenant_id text not null,
  id text not null,
  -- The report whose indicators are hunted; null: every live indicator, for as long as alerts come in.
  report_id text,
  state text not null, -- running, done
  place_ms bigint not null,
  place_key text not null,
  scanned bigint not null,
  total bigint not null,
  hits integer not null,
  started_by text,
  created_ms bigint not null,
  finished_ms bigint,
  primary key (tenant_id, id),
  foreign key (tenant_id, report_id) references intel_reports (tenant_id, id) on delete cascade
);
create index intel_hunts_by_report on intel_hunts (tenant_id, report_id, created_ms desc);
create index alerts_by_receipt on alerts (tenant_id, received_ms, key);
