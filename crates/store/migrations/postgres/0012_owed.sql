-- What each child's record owes: what must be done by when, and whether it was. Follows from standing entries and facts
-- by the clocks of the pack; verify works it out again. Times are civil times in England; «late» is asked when it is
-- read and stands nowhere. Limits on recording are not here: they are met by the entry that they speak of, which keeps
-- for ever whether it was late.
create table owed (
    record text collate "C" not null references record (id),
    clock text collate "C" not null,
    set_off text collate "C" not null,
    occurrence bigint not null,
    event text collate "C" not null,
    begins text collate "C" not null,
    due text collate "C",
    late_after text collate "C",
    remind_at text collate "C",
    planned text collate "C",
    entry text collate "C",
    owner text collate "C" not null,
    person text collate "C",
    met text collate "C",
    met_by text collate "C",
    acted text collate "C",
    completed text collate "C",
    ended text collate "C",
    primary key (record, clock, set_off, occurrence)
);
create index owed_open on owed (record, due) where met is null;
create index owed_by_person on owed (person, record) where met is null and person is not null;
-- Under which pack it was worked out. None where it is still to be done.
create table owed_under (
    pack text collate "C" primary key
);
-- A record's entries of a few forms, among thousands of others.
create index entry_by_form on entry (record, form);
