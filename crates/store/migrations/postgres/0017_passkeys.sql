-- Passkeys, and what a browser was asked some minutes ago and has not answered yet.
create table passkey (
    id text primary key,
    person text not null references account (person),
    credential bytea not null unique,
    name text not null,
    made text not null,
    used text,
    stopped text,
    sealed bytea not null
);
create index passkey_of_person on passkey (person);

create table ceremony (
    hash bytea primary key,
    kind text not null,
    person text,
    ends text not null,
    sealed bytea not null
);
create index ceremony_ends on ceremony (ends);
