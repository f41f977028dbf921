-- Which tenants' roles may not sign in, for whom tenant_overview() tells the rest: the owner of the database and the operator.
do $do$
begin
  execute format(
    $sql$create function tenant_suspensions() returns table (id text, suspended_ms bigint)
      language sql stable security definer set search_path = pg_catalog
      as $f$
        select t.id, t.suspended_ms from %1$I.tenants t
        where t.suspended_ms is not null and (%1$I.tocsin_operator()
          or pg_has_role(session_user, (select relowner from pg_class where oid = '%1$I.tenants'::regclass), 'member'))
      $f$ $sql$, current_schema());
end $do$;
