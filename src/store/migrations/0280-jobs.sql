-- How often a worker vanished while it had the job: one that keeps taking its worker down is set aside.
alter table jobs add column crashes smallint not null default 0;
-- Each tenant has its turn. An older process that still runs finds its next job in it too, by its first column.
create index jobs_next_by_tenant on jobs (kind, tenant_id, priority desc, run_at_ms) where state = 'ready';
drop index jobs_next;
create index jobs_suspect on jobs (kind) where state = 'ready' and crashes > 0;
