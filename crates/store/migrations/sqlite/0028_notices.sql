-- What somebody is told of their account when they come back: that a way of signing in was added, taken away or changed, or that
-- somebody tried to get in. Of what was done in a session, when that began: it is told in the others.
create table account_notice (
    person text not null references account (person),
    what text not null,
    at text not null,
    many integer not null,
    in_session text,
    seen text,
    primary key (person, what, at)
) strict;
