-- What each child's record owes: what must be done by when, and whether it was. Follows from standing entries and facts
-- by the clocks of the pack; verify works it out again. Times are civil times in England; «late» is asked when it is
-- read and stands nowhere. Limits on recording are not here: they are met by the entry that they speak of, which keeps
-- for ever whether it was late.
create table owed (
    record text not null references record (id),
    clock text not null,
    set_off text not null,
    occurrence integer not null,
    event text not null,
    begins text not null,
    due text,
    late_after text,
    remind_at text,
    planned text,
    entry text,
    owner text not null,
    person text,
    met text,
    met_by text,
    acted text,
    completed text,
    ended text,
    primary key (record, clock, set_off, occurrence)
) strict, without rowid;
create index owed_open on owed (record, due) where met is null;
create index owed_by_person on owed (person, record) where met is null and person is not null;
-- Under which pack it was worked out. None where it is still to be done.
create table owed_under (
    pack text primary key
) strict;
-- A record's entries of a few forms, among thousands of others.
create index entry_by_form on entry (record, form);
