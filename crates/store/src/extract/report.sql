-- What may be counted: coded facts and coded answers, with their day. No narrative, no name, no number that another
-- system knows a child by. A record and a person are here by the identifier that only this system has.

-- One row: of what this is an extract.
create table report_about (
    form integer not null,          -- of this file; another one is made anew
    as_of text not null,            -- the moment that everything here is as of, UTC
    pack text not null,
    pack_version integer not null,
    children integer not null,
    entries integer not null
) strict;

create table report_team (
    team text primary key,
    name text not null,
    service text not null
) strict;

-- What codes are called.
create table report_code (
    list text not null,
    code text not null,
    label text not null,
    primary key (list, code)
) strict;

create table report_form (
    form text primary key,
    title text not null,
    recorded_within text            -- the limit on recording, in words; null where there is none
) strict;

-- Facts with coded values, dates, staff and teams, each with the days on which it holds.
create table report_fact (
    record text not null,
    about text not null,            -- 'child' whose record it is, 'record' itself, or 'other' (family, professionals)
    kind text not null,
    value text not null,
    from_day text not null,
    until_day text
) strict;
create index report_fact_by_kind on report_fact (record, kind, from_day);

-- Which team a member of staff was in.
create table report_staff_team (
    person text not null,
    team text not null,
    from_day text not null,
    until_day text
) strict;
create index report_staff_team_by_person on report_staff_team (person, from_day);

create table report_child (
    record text primary key,
    opened text not null,
    closed text                     -- the day since which the record is closed
) strict;

create table report_entry (
    entry text primary key,
    record text not null,
    form text not null,
    author text not null,
    team text not null,             -- the author's on the day of writing; else the child's
    child_team text not null,       -- the child's on the day of writing
    happened_on text not null,
    written_on text not null,
    days integer not null,          -- calendar days from the event to writing
    late integer not null           -- by the limit in force when it was written
) strict;
create index report_entry_by_day on report_entry (written_on, form);
create index report_entry_by_event on report_entry (form, happened_on);
create index report_entry_of_record on report_entry (record, form, happened_on);

-- Answers that are a choice, choices, yes or no, a number or a date.
create table report_answer (
    entry text not null,
    field text not null,
    value text not null,
    primary key (entry, field)
) strict, without rowid;

-- Each child with an open record at the end of each month; the last month ends on the day of the extract.
create table report_child_month (
    month_end text not null,
    record text not null,
    team text not null,
    allocated integer not null,
    reason text not null,           -- why nobody is allocated, where that is so and was said
    seen integer not null,          -- at least once in the month
    seen_alone integer not null,
    primary key (month_end, record)
) strict, without rowid;
create index report_child_month_of_team on report_child_month (team, month_end);

-- Open records that lack what the census of children in need must have.
create table report_lacking (
    record text not null,
    team text not null,
    kind text not null,
    primary key (record, kind)
) strict, without rowid;

create view report_visit as
    select e.entry, e.record, e.author, e.team, e.child_team, e.happened_on,
           coalesce(k.value, '') as kind, coalesce(r.value, '') as result,
           coalesce(s.value = 'yes', 0) as seen, coalesce(a.value = 'yes', 0) as seen_alone,
           s.value is null as failed   -- of a visit that took place its form asks whether the child was seen
    from report_entry e
    left join report_answer k on k.entry = e.entry and k.field = 'kind'
    left join report_answer r on r.entry = e.entry and r.field = 'result'
    left join report_answer s on s.entry = e.entry and s.field = 'seen'
    left join report_answer a on a.entry = e.entry and a.field = 'seen-alone'
    where e.form = 'visit';

create view report_allocation as
    select record, value as worker, from_day, until_day from report_fact where kind = 'allocated-worker' and about = 'record';
create view report_team_of_child as
    select record, value as team, from_day, until_day from report_fact where kind = 'allocated-team' and about = 'record';
create view report_legal_status as
    select record, value as legal_status, from_day, until_day from report_fact where kind = 'legal-status' and about = 'child';
create view report_placement as
    select record, value as placement, from_day, until_day from report_fact where kind = 'placement' and about = 'child';

-- How often children's records were read, printed or refused in each month, and how whoever did it stood to the child, or why
-- they were refused. No record and no person.
create table report_looked (
    month text not null,            -- 2026-03
    how text not null,
    because text not null,
    looks integer not null,
    primary key (month, how, because)
) strict;
