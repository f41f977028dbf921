-- Ways to prove who one is besides the password. A TOTP secret is sealed by the master key; of a passkey only the public key is here.
create table second_factors (
  tenant_id text not null,
  id text not null,
  user_id text not null,
  kind text not null check (kind in ('totp', 'passkey')),
  name text not null,
  created_ms bigint not null,
  -- A TOTP secret counts from the first right code on; null before.
  confirmed_ms bigint,
  last_used_ms bigint,
  sealed_secret text,
  -- The time step of the newest code that was used: it and older ones are refused (RFC 6238, 5.2).
  last_step bigint,
  credential_id text,
  public_key bytea,
  sign_count bigint,
  transports text[],
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
create index second_factors_by_user on second_factors (tenant_id, user_id);
create unique index second_factors_credential on second_factors (tenant_id, credential_id);

-- One-time codes for the day on which the second factor is lost. 80 random bits each: a plain hash suffices.
create table recovery_codes (
  tenant_id text not null,
  user_id text not null,
  code_hash bytea not null,
  used_ms bigint,
  primary key (tenant_id, user_id, code_hash),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);

-- A sign-in, an enrolment or a step-up that waits for its next step. Used once, within minutes.
create table sign_in_tickets (
  tenant_id text not null,
  id text not null,
  kind text not null,
  user_id text,
  secret_hash bytea not null,
  data json not null,
  expires_ms bigint not null,
  primary key (tenant_id, id)
);
create index sign_in_tickets_expired on sign_in_tickets (expires_ms);

-- How a session was opened: password, password+totp, password+passkey, password+recovery, passkey, provider, provider+factor, break-glass.
alter table sessions add column method text not null default 'password';

-- What admins decide about accounts, by name.
create table account_settings (
  tenant_id text not null,
  name text not null,
  value json not null,
  primary key (tenant_id, name)
);
