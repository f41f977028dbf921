-- A tenant's role may lock tables that all share, and what it may set (lock_timeout, statement_timeout) it may set back. So what
-- holds the others up is ended from outside: by a function of the database's owner, which every tenant's processes call.
-- `reason`: 'strong-lock', a lock that no program of ours takes; 'held-others-up'; 'endless', a transaction that keeps old rows from
-- being cleared away for all. `session`: process id and start, so that each is counted once.
create table hold_ups (
  session text primary key,
  tenant text not null,
  reason text not null,
  at_ms bigint not null
);
create index hold_ups_tenant on hold_ups (tenant, at_ms);

-- Since when its role may not sign in; the owner lets it in again.
alter table tenants add column suspended_ms bigint;

do $do$
begin
  -- Returns how many sessions it ended, and tells the caller nothing of whose. It looks at facts alone and takes no argument: who
  -- calls it often gains nothing. It waits for nobody longer than a second, since the caller may be the one who holds others up.
  execute format(
    $sql$create function end_hold_ups() returns integer language plpgsql volatile security definer
      set search_path = pg_catalog set lock_timeout = '1s'
      as $f$
      declare
        blamed record;
        ended integer := 0;
        now_ms bigint := (extract(epoch from clock_timestamp()) * 1000)::bigint;
      begin
        for blamed in
          with sessions as (
            select a.pid, a.usesysid as role, a.backend_start, a.xact_start, a.state, a.state_change, t.id as tenant
            from pg_stat_activity a left join pg_roles r on r.oid = a.usesysid left join %1$I.tenants t on t.role = r.rolname
            where a.datname = current_database()
          ), waits as materialized (
            -- A tenant that waits for a lock which no program of ours takes is nobody's victim.
            select l.pid, s.role, l.waitstart, pg_blocking_pids(l.pid) as blockers
            from pg_locks l join sessions s on s.pid = l.pid
            where not l.granted and l.waitstart < clock_timestamp() - interval '5 seconds'
              and not (s.tenant is not null and l.locktype = 'relation'
                and l.mode not in ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock'))
          ), holding as (
            select s.pid, s.tenant, s.backend_start, min(w.waitstart) as since,
              exists (
                select from pg_locks l join pg_class c on c.oid = l.relation
                where l.pid = s.pid and l.locktype = 'relation' and l.mode in ('ExclusiveLock', 'AccessExclusiveLock')
                  and l.database = (select oid from pg_database where datname = current_database())
                  and c.relnamespace = %1$L::regnamespace and c.relkind in ('r', 'p')
              ) as strong,
              -- Who waits for yet another tenant is held up, too: the one at the root is to blame.
              exists (
                select from waits o join sessions other on other.pid = any(o.blockers) where o.pid = s.pid and other.role <> s.role
              ) as waits
            from sessions s join waits w on s.pid = any(w.blockers) and w.role <> s.role
            where s.tenant is not null
            group by s.pid, s.tenant, s.backend_start, s.role
          )
          select pid, tenant, backend_start, case when strong then 'strong-lock' else 'held-others-up' end as reason
          from holding where strong or (not waits and since < clock_timestamp() - interval '20 seconds')
          union all
          select pid, tenant, backend_start, 'endless' from sessions
          where tenant is not null and (xact_start < clock_timestamp() - interval '30 minutes'
            or (state like 'idle in transaction%%' and state_change < clock_timestamp() - interval '3 minutes'))
        loop
          begin
            if pg_terminate_backend(blamed.pid) then ended := ended + 1; end if;
            insert into %1$I.hold_ups (session, tenant, reason, at_ms)
            values (blamed.pid || ' ' || blamed.backend_start, blamed.tenant, blamed.reason, now_ms) on conflict do nothing;
          exception when insufficient_privilege or lock_not_available then null;
          end;
        end loop;
        -- It is done on purpose where it comes again and again.
        for blamed in
          select t.id, t.role from %1$I.tenants t join %1$I.hold_ups h on h.tenant = t.id
          where t.suspended_ms is null and h.at_ms > now_ms - 3600000
          group by t.id, t.role
          having count(*) filter (where h.reason = 'strong-lock') >= 3 or count(*) >= 20
        loop
          begin
            execute format('alter role %%I nologin', blamed.role);
            update %1$I.tenants set suspended_ms = now_ms where id = blamed.id;
            perform pg_terminate_backend(a.pid) from pg_stat_activity a where a.usename = blamed.role and a.pid <> pg_backend_pid();
            raise log 'tocsin: the role %% held other tenants up again and again: it may not sign in any more', blamed.role;
          exception when insufficient_privilege or lock_not_available then null;
          end;
        end loop;
        delete from %1$I.hold_ups where at_ms < now_ms - 30 * 86400000::bigint;
        return ended;
      end $f$ $sql$, current_schema());
end $do$;
