-- Who was made twice, and who stands for them: derived from facts of the kind same-person, worked out again by verify.
create table same_person (
    person text collate "C" primary key,
    one text collate "C" not null,
    opens text collate "C" not null,
    changes bigint not null
);
create index same_person_of_one on same_person (one);
create index same_person_sharing on same_person (opens);
