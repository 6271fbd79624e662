-- Which children a team has, and which of their records are closed: few facts among all. SQLite takes such an index only
-- where all that the query reads stands in it, what it is limited to (kind, value) included.
create index fact_of_team on fact (value, record, from_day, until_day, kind) where kind = 'allocated-team';
create index fact_of_closed on fact (record, subject, from_day, until_day, kind, value)
    where kind = 'record-status' and value = 'closed';
-- What is open, with all that decides its place on a list.
drop index owed_open;
create index owed_open on owed (record, due, begins, ended, late_after, remind_at, met) where met is null;
