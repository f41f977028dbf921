-- What Wazuh's own inventory (wazuh-states-*) holds of what a report names: weak packages, products, our own hosts' addresses.
create table intel_inventory (
  tenant_id text not null,
  report_id text not null,
  -- vulnerability, package, host
  kind text not null,
  -- The CVE, product name or address as the report has it.
  value text not null,
  host text not null,
  package_name text not null default '',
  package_version text not null default '',
  severity text not null default '',
  primary key (tenant_id, report_id, kind, value, host, package_name, package_version),
  foreign key (tenant_id, report_id) references intel_reports (tenant_id, id) on delete cascade
);
alter table intel_reports
  -- When the inventory was last asked, and why it could not be.
  add column inventory_ms bigint,
  add column inventory_trouble text;
