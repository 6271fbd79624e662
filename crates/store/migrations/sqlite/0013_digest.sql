-- Who asked for a daily e-mail of what they owe, and the last day whose mail was handed to the server.
create table digest (
    person text primary key,
    address text not null,
    taken text,
    sent text,
    failed text
) strict;
