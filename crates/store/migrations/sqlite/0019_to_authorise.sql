-- Entries that somebody must still see to before they are authorised: what waits for its answer, and what was returned (by
-- which answer) and nobody has written again. Follows from what the entries of a record say; verify works it out again.
create table to_authorise (
    entry text primary key references entry (id),
    record text not null references record (id),
    returned_by text references entry (id)
) strict;
create index to_authorise_in_record on to_authorise (record);
