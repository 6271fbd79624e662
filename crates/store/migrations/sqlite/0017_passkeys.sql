-- Passkeys, and what a browser was asked some minutes ago and has not answered yet.
create table passkey (
    id text primary key,
    person text not null references account (person),
    credential blob not null unique,
    name text not null,
    made text not null,
    used text,
    stopped text,
    sealed blob not null
) strict;
create index passkey_of_person on passkey (person);

create table ceremony (
    hash blob primary key,
    kind text not null,
    person text,
    ends text not null,
    sealed blob not null
) strict;
create index ceremony_ends on ceremony (ends);
