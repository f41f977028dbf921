-- What is grave on a host is found among any number of other alerts there, level by level (case-surroundings.ts, `graveLevel`).
create index alerts_grave on alerts (tenant_id, agent_name, level, timestamp_ms) where level >= 7;
