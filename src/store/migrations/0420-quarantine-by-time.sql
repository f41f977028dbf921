-- The page lists the newest first, and what grew of late is looked for every few seconds.
create index quarantine_by_time on quarantine (tenant_id, at_ms desc, id desc);
