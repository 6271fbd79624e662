-- The record: people, records, entries, facts, drafts, accounts, and the ledger.
-- Times are UTC text of one width; days are YYYY-MM-DD; the same names and columns on both engines.

create table record (
    id text collate "C" primary key,
    number bigint not null unique,
    kind text collate "C" not null,
    holder text collate "C",
    wrapped_key bytea not null,
    epoch bigint not null,
    version bigint not null
);
create index record_of_holder on record (holder);

create table person (
    id text collate "C" primary key,
    number bigint not null unique
);

create table act (
    id text collate "C" primary key,
    actor text collate "C" not null,
    at text collate "C" not null
);

create table entry (
    id text collate "C" primary key,
    record text collate "C" not null references record (id),
    act text collate "C" not null references act (id),
    form text collate "C" not null,
    author text collate "C" not null,
    happened_on text collate "C" not null,
    happened_at text collate "C" not null,
    written text collate "C" not null,
    version bigint not null,
    in_chronology bigint not null,
    late bigint not null
);
create index entry_by_date on entry (record, happened_on, happened_at, id);
create index entry_in_chronology on entry (record, happened_on, happened_at, id) where in_chronology = 1;
create index entry_of_act on entry (act);
create index entry_of_author on entry (author, written);

create table entry_version (
    entry text collate "C" not null references entry (id),
    version bigint not null,
    form_version bigint not null,
    form_hash bytea not null,
    sealed bytea not null,
    primary key (entry, version)
);

create table answer (
    entry text collate "C" not null references entry (id),
    version bigint not null,
    field text collate "C" not null,
    value text collate "C" not null,
    primary key (entry, version, field)
);

create table form_used (
    hash bytea primary key,
    form text collate "C" not null,
    version bigint not null,
    text text collate "C" not null
);

create table fact (
    record text collate "C" not null references record (id),
    subject text collate "C" not null,
    kind text collate "C" not null,
    key text collate "C" not null,
    place text collate "C" not null,
    value text collate "C",
    sealed bytea,
    other text collate "C",
    from_day text collate "C" not null,
    until_day text collate "C",
    said_until text collate "C",
    entry text collate "C" not null references entry (id),
    version bigint not null,
    ended_by text collate "C",
    primary key (record, subject, kind, key, place)
);
create index fact_of_record on fact (record, until_day);
create index fact_of_subject on fact (subject, kind);
create index fact_with_value on fact (kind, value);
create index fact_of_other on fact (other) where other is not null;
create index fact_by_day on fact (record, kind, from_day);

create table draft (
    id text collate "C" primary key,
    form text collate "C" not null,
    form_version bigint not null,
    author text collate "C" not null,
    front text collate "C" not null references record (id),
    opened text collate "C" not null,
    touched text collate "C" not null,
    state text collate "C" not null
);
create index draft_of_author on draft (author, state);
create index draft_of_record on draft (front, state);

create table draft_version (
    draft text collate "C" not null references draft (id),
    n bigint not null,
    parent bigint not null,
    joined bigint not null,
    at text collate "C" not null,
    kept bigint not null,
    head bigint not null,
    primary key (draft, n)
);

create table draft_part (
    draft text collate "C" not null,
    n bigint not null,
    record text collate "C" not null references record (id),
    part text collate "C" not null,
    sealed bytea not null,
    primary key (draft, n, record, part)
);

create table account (
    person text collate "C" primary key,
    username text collate "C" not null unique,
    password text collate "C" not null,
    must_change bigint not null,
    state text collate "C" not null,
    failures bigint not null,
    locked_until text collate "C",
    version bigint not null
);

create table session (
    hash bytea primary key,
    person text collate "C" not null references account (person),
    started text collate "C" not null,
    seen text collate "C" not null,
    ended text collate "C"
);
create index session_of_person on session (person);

create table held_post (
    person text collate "C" primary key,
    at text collate "C" not null,
    path text collate "C" not null,
    sealed bytea not null
);

create table leaf (
    id text collate "C" primary key,
    log text collate "C" not null,
    body bytea not null,
    seq bigint
);
create unique index leaf_number on leaf (log, seq) where seq is not null;
create index leaf_unnumbered on leaf (id) where seq is null;

create table log (
    name text collate "C" primary key,
    size bigint not null,
    tiled bigint not null,
    checkpoint text collate "C" not null,
    at text collate "C" not null
);

create table tile (
    log text collate "C" not null,
    level bigint not null,
    idx bigint not null,
    hashes bytea not null,
    primary key (log, level, idx)
);

create table import_source (
    key text collate "C" primary key,
    record text collate "C" not null references record (id),
    entry text collate "C" not null references entry (id)
);

-- What is frozen stays: the engine itself refuses.
create function refuse_change() returns trigger language plpgsql as $$ begin raise exception '% is append-only', tg_table_name; end $$;
create function refuse_change_of_leaf() returns trigger language plpgsql as $$ begin
    if old.seq is not null or new.body <> old.body or new.id <> old.id or new.log <> old.log then raise exception 'leaf is append-only'; end if;
    return new;
end $$;
create trigger entry_version_frozen before update or delete on entry_version for each row execute function refuse_change();
create trigger entry_frozen before update or delete on entry for each row execute function refuse_change();
create trigger answer_frozen before update or delete on answer for each row execute function refuse_change();
create trigger leaf_frozen before update on leaf for each row execute function refuse_change_of_leaf();
create trigger leaf_kept before delete on leaf for each row execute function refuse_change();
create trigger form_used_frozen before update or delete on form_used for each row execute function refuse_change();
