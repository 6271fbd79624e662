-- Texts posted on an ended session: one for each window, where one for each person lost the others.
create table held_text (
    person text collate "C" not null,
    held text collate "C" not null,
    at text collate "C" not null,
    path text collate "C" not null,
    sealed bytea not null,
    primary key (person, held)
);
insert into held_text (person, held, at, path, sealed) select person, path, at, path, sealed from held_post;
