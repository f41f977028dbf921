-- Accounts that an OpenID provider signs in, and that a directory (SCIM) keeps.
alter table users add column email text;
-- The directory's own id of the account.
alter table users add column external_id text;
alter table users add column provider_issuer text;
alter table users add column provider_subject text;
-- May be claimed, once, by the provider's user of the same name. Off for local accounts: a name proves nothing.
alter table users add column linkable boolean not null default false;
-- `break-glass`: opens the door when nothing else does; approves nothing.
alter table users add column kind text not null default 'person';
create unique index users_by_provider on users (tenant_id, provider_issuer, provider_subject) where provider_subject is not null;
create unique index users_by_external_id on users (tenant_id, external_id) where external_id is not null;
