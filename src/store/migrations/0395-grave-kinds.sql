-- Of each grave kind of alert in a case one is found, however many others there are (case-surroundings.ts, `alertsToRead`).
create index alerts_grave_kinds on alerts (tenant_id, case_id, level, rule_id, timestamp_ms) where level >= 7;
