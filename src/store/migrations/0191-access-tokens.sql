-- Programs that may ask people for access (OAuth 2.1, dynamic client registration), and what people let them do: read, with
-- the rights of the person, for an hour at a time.
create table oauth_clients (
  tenant_id text not null,
  id text not null,
  name text not null,
  redirect_uris text[] not null,
  created_ms bigint not null,
  primary key (tenant_id, id)
);

create table oauth_codes (
  tenant_id text not null,
  id text not null,
  secret_hash bytea not null,
  client_id text not null,
  user_id text not null,
  redirect_uri text not null,
  -- PKCE S256: base64url of the verifier's SHA-256.
  code_challenge text not null,
  expires_ms bigint not null,
  primary key (tenant_id, id)
);

create table access_tokens (
  tenant_id text not null,
  id text not null,
  kind text not null check (kind in ('access', 'refresh')),
  secret_hash bytea not null,
  -- 'dashboard' for pages inside the Wazuh dashboard.
  client_id text not null,
  user_id text not null,
  -- Tokens of one consent: using a refresh token twice ends them all.
  family text not null,
  used boolean not null default false,
  created_ms bigint not null,
  expires_ms bigint not null,
  primary key (tenant_id, id)
);
create index access_tokens_by_family on access_tokens (tenant_id, family);
create index access_tokens_by_expiry on access_tokens (expires_ms);

-- A signed token of the dashboard opens one session: its id is kept until it has expired anyway.
create table dashboard_tokens (
  tenant_id text not null,
  id text not null,
  expires_ms bigint not null,
  primary key (tenant_id, id)
);
