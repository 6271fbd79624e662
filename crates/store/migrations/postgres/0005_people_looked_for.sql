-- Under what people are looked for: derived from what each record says of them, worked out again by verify, and filled
-- anew at a start that finds it empty. Addresses stand in it only as keyed hashes.
create table person_key (
    record text collate "C" not null,
    person text collate "C" not null,
    key text collate "C" not null,
    primary key (record, person, key)
);
create index person_by_key on person_key (key, person, record);
