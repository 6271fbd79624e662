-- Who somebody is at the identity provider of their authority. Their name there lies sealed; by the print of it they are found.
create table identity (
    person text not null references account (person),
    issuer text not null,
    lookup blob not null unique,
    made text not null,
    used text,
    sealed blob not null,
    primary key (person, issuer)
) strict;
