-- What a model says about a report, each sentence with its fate; or why none was asked.
alter table intel_reports add column context json;
