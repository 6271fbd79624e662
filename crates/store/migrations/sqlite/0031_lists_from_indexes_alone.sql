-- Which children a team has, whose record it is included, and what was decided of it: SQLite takes an index of few facts
-- only where all that the query reads stands in it.
drop index fact_of_team;
create index fact_of_team on fact (value, record, subject, from_day, until_day, kind) where kind = 'allocated-team';
drop index fact_of_decision;
create index fact_of_decision on fact (record, subject, from_day, until_day, place, value, other, entry, kind)
    where kind = 'obligation-decided';
