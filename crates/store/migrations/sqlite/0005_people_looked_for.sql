-- Under what people are looked for: derived from what each record says of them, worked out again by verify, and filled
-- anew at a start that finds it empty. Addresses stand in it only as keyed hashes.
create table person_key (
    record text not null,
    person text not null,
    key text not null,
    primary key (record, person, key)
) strict, without rowid;
create index person_by_key on person_key (key, person, record);
