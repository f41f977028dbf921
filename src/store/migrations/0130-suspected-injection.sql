-- Text in the case spoke to a model instead of a person: evidence of an attack in itself. Set with each brief 0.
alter table cases add column suspected_injection boolean not null default false;
