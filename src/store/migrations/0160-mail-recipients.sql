-- Who got a mail, as its envelope said or as its To and Cc claim: "who else got it" of a campaign.
alter table mail_messages add column recipients text[] not null default '{}';
