-- What is owed follows from entries and facts; verify works it out again, and names a row whose record is not there. To ask
-- the engine for the record of every row that is put in took nearly as long as putting it in.
create table owed_alone (
    record text not null,
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
insert into owed_alone select * from owed;
drop table owed;
alter table owed_alone rename to owed;
create index owed_open on owed (record, due, begins, ended, late_after, remind_at, met) where met is null;
create index owed_by_person on owed (person, record) where met is null and person is not null;
