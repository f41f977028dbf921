-- As 0321, but for a tenant without calls today: least() passes over the null that the sum of nothing is, and gave the bound
-- itself, 10^15 dollars.
do $do$
begin
  execute format(
    $sql$create or replace function tenant_overview(now_ms bigint, day_ms bigint) returns table (
        id text, name text, console_url text, operator boolean, low bigint, medium bigint, high bigint, critical bigint,
        overdue bigint, unbriefed bigint, oldest_unbriefed_ms bigint, newest_alert_ms bigint, set_aside bigint,
        calls bigint, tokens bigint, cost_usd double precision, day_budget json)
      language sql stable security definer set search_path = pg_catalog
      as $f$
        select t.id, t.name, t.console_url, t.operator, c.low, c.medium, c.high, c.critical, c.overdue, c.unbriefed,
          c.oldest_unbriefed_ms, c.newest_alert_ms, j.set_aside, m.calls, coalesce(m.tokens, 0), coalesce(m.cost_usd, 0), b.value
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
          select count(*) as calls, least(coalesce(sum(input_tokens + output_tokens), 0), 1e15)::bigint as tokens,
            least(coalesce(sum(cost), 0), 1e15) as cost_usd
          from (
            select case when body->>'input_tokens' ~ '^\d{1,12}$' then (body->>'input_tokens')::bigint else 0 end as input_tokens,
              case when body->>'output_tokens' ~ '^\d{1,12}$' then (body->>'output_tokens')::bigint else 0 end as output_tokens,
              case when body->>'cost_usd' ~ '^\d{1,9}(\.\d{1,20})?([eE]-\d{1,2})?$' then (body->>'cost_usd')::double precision else 0 end as cost
            from %1$I.ledger where kind = 'model-outcome' and tenant = t.id and at >= to_timestamp(day_ms / 1000.0)
          ) each_call
        ) m
        left join lateral (
          select json_object_agg(limits.key, limits.value::double precision) as value
          from %1$I.governance_settings g,
            json_each_text(case when json_typeof(g.value) = 'object' then g.value else '{}' end) limits
          where g.tenant_id = t.id and g.name = 'day-budget' and limits.key in ('calls', 'tokens', 'costUsd')
            and limits.value ~ '^(?=.*[1-9])\d{1,15}(\.\d{1,20})?$'
        ) b on true
        where %1$I.tocsin_operator()
          or pg_has_role(session_user, (select relowner from pg_class where oid = '%1$I.tenants'::regclass), 'member')
        order by t.id
      $f$ $sql$, current_schema());
end $do$;
