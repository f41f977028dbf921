-- The queue goes by severity and by what brief 0 thinks of a case (decisions/2026-11-28-queue-order.md).
-- 1: a likely attack; -1: harmless by what no attacker could have written; 0: neither, and not briefed.
alter table cases add column leaning smallint not null default 0;
-- The severity that it had then: what joins and makes it graver was not looked at, whoever stores it.
alter table cases add column leaning_severity smallint;

-- As `urgencyOf` in src/domain/queue-place.ts; the store's test holds the two together.
alter table cases add column urgency smallint not null generated always as (
  3 * severity + case
    when verdict = 'true_positive' or leaning > 0 then 4
    when leaning < 0 and leaning_severity >= severity and not suspected_injection then -1
    else 0
  end) stored;

-- Up at once; down only with the next brief, which knows what the old ones rested on.
update cases set leaning = 1 where proposed_verdict = 'true_positive';

create index cases_urgency on cases (tenant_id, closed, urgency desc, last_seen_ms desc, id desc);
-- By severity alone is read from the same index, one urgency after the other: each alert moves its case in every index.
drop index cases_priority;
