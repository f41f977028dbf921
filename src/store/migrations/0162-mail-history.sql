-- What earlier mails tell about a new one: whether its sender wrote before, and whose mail it says it answers.
alter table mail_messages add column sender_name text not null default '';
create index mail_messages_by_sender on mail_messages (tenant_id, sender, received_ms);
create index mail_messages_by_sender_domain on mail_messages (tenant_id, sender_domain);
create index mail_messages_by_message_id on mail_messages (tenant_id, message_id) where message_id is not null;
-- Whether the sender's domain stood behind it: what people decide about such a mail holds for others of the domain.
alter table mail_messages add column authenticated boolean not null default false;
create index mail_messages_decided_by_domain on mail_messages (tenant_id, sender_domain, decided_ms) where decided_verdict is not null;
