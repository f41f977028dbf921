-- Files may lie in an object store: their rows then name the object and hold no bytes.
alter table mail_messages alter column raw drop not null;
alter table mail_messages add column raw_object text;
alter table chat_files alter column bytes drop not null;
alter table chat_files add column size_bytes bigint;
alter table chat_files add column bytes_object text;
alter table rule_draft_samples alter column bytes drop not null;
alter table rule_draft_samples add column size_bytes bigint;
alter table rule_draft_samples add column bytes_object text;
create index mail_messages_by_object on mail_messages (raw_object) where raw_object is not null;
create index chat_files_by_object on chat_files (bytes_object) where bytes_object is not null;
create index rule_draft_samples_by_object on rule_draft_samples (bytes_object) where bytes_object is not null;

-- Objects to look at: after look_ms one that no row names is deleted. Written before an object is put (so that none is
-- ever left behind by a transaction that failed) and when a row that names one goes.
create table stored_objects (
  object text primary key,
  tenant_id text not null,
  look_ms bigint not null
);
create index stored_objects_due on stored_objects (look_ms);

create function note_stored_object() returns trigger language plpgsql as $$
declare named text := to_jsonb(old) ->> tg_argv[0];
begin
  if named is not null then
    insert into stored_objects (object, tenant_id, look_ms) values (named, old.tenant_id, 0)
    on conflict (object) do nothing;
  end if;
  return null;
end $$;
create trigger mail_messages_object after delete on mail_messages
  for each row when (old.raw_object is not null) execute function note_stored_object('raw_object');
create trigger chat_files_object after delete on chat_files
  for each row when (old.bytes_object is not null) execute function note_stored_object('bytes_object');
create trigger rule_draft_samples_object after delete on rule_draft_samples
  for each row when (old.bytes_object is not null) execute function note_stored_object('bytes_object');
