-- Who serves several tenants sees of each how much there is to do, and nothing of what it is. `operator`: the tenant whose
-- processes may ask that; the owner of the database sets it. `console_url`: where the tenant's own console is.
alter table tenants add column operator boolean not null default false;
alter table tenants add column console_url text;

do $do$
begin
  execute format(
    $sql$create function tocsin_operator() returns boolean language sql stable security definer set search_path = pg_catalog
      as $f$ select exists (select from %I.tenants where role = session_user and operator) $f$ $sql$, current_schema());
  -- Counts and times only: no name, title, id or text of any row leaves it. Answers the owner of the database and the
  -- operator's role, by who signed in; nobody else gets a row, not even their own. `day_ms`: the day of the calls.
  execute format(
    $sql$create function tenant_overview(now_ms bigint, day_ms bigint) returns table (
        id text, name text, console_url text, operator boolean, low bigint, medium bigint, high bigint, critical bigint,
        overdue bigint, unbriefed bigint, oldest_unbriefed_ms bigint, newest_alert_ms bigint, set_aside bigint,
        calls bigint, tokens bigint, cost_usd double precision, day_budget json)
      language sql stable security definer set search_path = pg_catalog
      as $f$
        select t.id, t.name, t.console_url, t.operator, c.low, c.medium, c.high, c.critical, c.overdue, c.unbriefed,
          c.oldest_unbriefed_ms, c.newest_alert_ms, j.set_aside, m.calls, m.tokens, m.cost_usd, b.value
        from %1$I.tenants t
        cross join lateral (
          select count(*) filter (where severity = 0) as low, count(*) filter (where severity = 1) as medium,
            count(*) filter (where severity = 2) as high, count(*) filter (where severity = 3) as critical,
            count(*) filter (where due_ms < now_ms) as overdue,
            count(*) filter (where briefed_revision < revision) as unbriefed,
            min(case when briefed_revision = 0 then created_ms else updated_ms end)
              filter (where briefed_revision < revision) as oldest_unbriefed_ms,
            max(last_seen_ms) as newest_alert_ms
          from %1$I.cases where tenant_id = t.id and not closed and not sample and merged_into is null
        ) c
        cross join lateral (
          select count(*) as set_aside from %1$I.jobs where tenant_id = t.id and state = 'dead'
        ) j
        cross join lateral (
          select count(*) as calls,
            coalesce(sum(coalesce((body->>'input_tokens')::bigint, 0) + coalesce((body->>'output_tokens')::bigint, 0)), 0)::bigint
              as tokens,
            coalesce(sum((body->>'cost_usd')::double precision), 0) as cost_usd
          from %1$I.ledger where kind = 'model-outcome' and tenant = t.id and at >= to_timestamp(day_ms / 1000.0)
        ) m
        left join %1$I.governance_settings b on b.tenant_id = t.id and b.name = 'day-budget'
        where %1$I.tocsin_operator()
          or pg_has_role(session_user, (select relowner from pg_class where oid = '%1$I.tenants'::regclass), 'member')
        order by t.id
      $f$ $sql$, current_schema());
end $do$;
