-- A report may follow a document that changes: a list of addresses, CISA's KEV, an advisory, a MISP event.
alter table intel_reports
  -- Names the document within its feed; null for a report of its own.
  add column document text,
  add column revised_ms bigint,
  -- What the newest version brought and took away: {added: [[type, value], ...], removed: [...], addedCount, removedCount}.
  add column revision json;
create unique index intel_reports_by_document on intel_reports (tenant_id, source, document) where document is not null;
