-- The record: people, records, entries, facts, drafts, accounts, and the ledger.
-- Times are UTC text of one width; days are YYYY-MM-DD; the same names and columns on both engines.

create table record (
    id text primary key,
    number integer not null unique,
    kind text not null,
    holder text,
    wrapped_key blob not null,
    epoch integer not null,
    version integer not null
) strict;
create index record_of_holder on record (holder);

create table person (
    id text primary key,
    number integer not null unique
) strict;

create table act (
    id text primary key,
    actor text not null,
    at text not null
) strict;

create table entry (
    id text primary key,
    record text not null references record (id),
    act text not null references act (id),
    form text not null,
    author text not null,
    happened_on text not null,
    happened_at text not null,
    written text not null,
    version integer not null,
    in_chronology integer not null,
    late integer not null
) strict;
create index entry_by_date on entry (record, happened_on, happened_at, id);
create index entry_in_chronology on entry (record, happened_on, happened_at, id) where in_chronology = 1;
create index entry_of_act on entry (act);
create index entry_of_author on entry (author, written);

create table entry_version (
    entry text not null references entry (id),
    version integer not null,
    form_version integer not null,
    form_hash blob not null,
    sealed blob not null,
    primary key (entry, version)
) strict;

create table answer (
    entry text not null references entry (id),
    version integer not null,
    field text not null,
    value text not null,
    primary key (entry, version, field)
) strict;

create table form_used (
    hash blob primary key,
    form text not null,
    version integer not null,
    text text not null
) strict;

create table fact (
    record text not null references record (id),
    subject text not null,
    kind text not null,
    key text not null,
    place text not null,
    value text,
    sealed blob,
    other text,
    from_day text not null,
    until_day text,
    said_until text,
    entry text not null references entry (id),
    version integer not null,
    ended_by text,
    primary key (record, subject, kind, key, place)
) strict;
create index fact_of_record on fact (record, until_day);
create index fact_of_subject on fact (subject, kind);
create index fact_with_value on fact (kind, value);
create index fact_of_other on fact (other) where other is not null;
create index fact_by_day on fact (record, kind, from_day);

create table draft (
    id text primary key,
    form text not null,
    form_version integer not null,
    author text not null,
    front text not null references record (id),
    opened text not null,
    touched text not null,
    state text not null
) strict;
create index draft_of_author on draft (author, state);
create index draft_of_record on draft (front, state);

create table draft_version (
    draft text not null references draft (id),
    n integer not null,
    parent integer not null,
    joined integer not null,
    at text not null,
    kept integer not null,
    head integer not null,
    primary key (draft, n)
) strict;

create table draft_part (
    draft text not null,
    n integer not null,
    record text not null references record (id),
    part text not null,
    sealed blob not null,
    primary key (draft, n, record, part)
) strict;

create table account (
    person text primary key,
    username text not null unique,
    password text not null,
    must_change integer not null,
    state text not null,
    failures integer not null,
    locked_until text,
    version integer not null
) strict;

create table session (
    hash blob primary key,
    person text not null references account (person),
    started text not null,
    seen text not null,
    ended text
) strict;
create index session_of_person on session (person);

create table held_post (
    person text primary key,
    at text not null,
    path text not null,
    sealed blob not null
) strict;

create table leaf (
    id text primary key,
    log text not null,
    body blob not null,
    seq integer
) strict;
create unique index leaf_number on leaf (log, seq) where seq is not null;
create index leaf_unnumbered on leaf (id) where seq is null;

create table log (
    name text primary key,
    size integer not null,
    tiled integer not null,
    checkpoint text not null,
    at text not null
) strict;

create table tile (
    log text not null,
    level integer not null,
    idx integer not null,
    hashes blob not null,
    primary key (log, level, idx)
) strict;

create table import_source (
    key text primary key,
    record text not null references record (id),
    entry text not null references entry (id)
) strict;

-- What is frozen stays: the engine itself refuses.
create trigger entry_version_frozen before update on entry_version begin select raise(abort, 'entry_version is append-only'); end;
create trigger entry_version_kept before delete on entry_version begin select raise(abort, 'entry_version is append-only'); end;
create trigger entry_frozen before update on entry begin select raise(abort, 'entry is append-only'); end;
create trigger entry_kept before delete on entry begin select raise(abort, 'entry is append-only'); end;
create trigger answer_frozen before update on answer begin select raise(abort, 'answer is append-only'); end;
create trigger answer_kept before delete on answer begin select raise(abort, 'answer is append-only'); end;
create trigger leaf_frozen before update on leaf when old.seq is not null or new.body <> old.body or new.id <> old.id or new.log <> old.log begin select raise(abort, 'leaf is append-only'); end;
create trigger leaf_kept before delete on leaf begin select raise(abort, 'leaf is append-only'); end;
create trigger form_used_frozen before update on form_used begin select raise(abort, 'form_used is append-only'); end;
create trigger form_used_kept before delete on form_used begin select raise(abort, 'form_used is append-only'); end;
