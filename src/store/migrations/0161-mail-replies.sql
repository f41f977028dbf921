-- The reply that a person sent to whoever reported a mail.
alter table mail_messages add column replied_by text;
alter table mail_messages add column replied_ms bigint;
alter table mail_messages add column reply_text text;
