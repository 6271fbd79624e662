-- Who was made twice, and who stands for them: derived from facts of the kind same-person, worked out again by verify.
create table same_person (
    person text primary key,
    one text not null,
    opens text not null,
    changes integer not null
) strict;
create index same_person_of_one on same_person (one);
create index same_person_sharing on same_person (opens);
