-- What a model was asked for, and what came of it: null where none was asked.
alter table rule_drafts add column drafting json;
