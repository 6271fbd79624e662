-- Texts posted on an ended session: one for each window, where one for each person lost the others.
create table held_text (
    person text not null,
    held text not null,
    at text not null,
    path text not null,
    sealed blob not null,
    primary key (person, held)
) strict;
insert into held_text (person, held, at, path, sealed) select person, path, at, path, sealed from held_post;
