-- Which entries do not stand, why, and because of which entry: an amendment in their place, a move to another record, an
-- approval that is waited for or was not given. Follows from what the entries of a record say; verify works it out again.
create table not_standing (
    entry text primary key references entry (id),
    record text not null references record (id),
    how text not null,
    because_of text not null references entry (id)
) strict;
create index not_standing_in_record on not_standing (record, how);
create index not_standing_because_of on not_standing (because_of);
create index not_standing_waiting on not_standing (because_of) where how = 'waiting';
-- A draft that is to amend an entry.
create table amending (
    draft text primary key references draft (id),
    entry text not null references entry (id)
) strict;
create index amending_entry on amending (entry);
