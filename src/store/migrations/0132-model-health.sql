-- How each model fares as each process that asks models sees it: pages are served by others. Rows go stale in minutes.
create table model_health (
  worker text not null,
  model text not null,
  state json not null,
  running integer not null,
  updated_ms bigint not null,
  primary key (worker, model)
);
