-- Which children a team has, whose record it is included.
drop index fact_of_team;
create index fact_of_team on fact (value, record, subject, from_day, until_day) where kind = 'allocated-team';
-- What is owed follows from entries and facts, and verify works it out again. That each of its rows has a record was asked
-- of the engine for every row that is put in, which took longer than to put it in.
alter table owed drop constraint owed_record_fkey;
