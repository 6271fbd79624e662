-- Files of entries. Their bytes lie sealed outside the database, under the file's identifier; here is what they are and
-- who may open them.

-- A file that is there: how many bytes its sealed pieces have, so that a copy of them can be checked without a key.
create table file (
    id text primary key,
    at text not null,
    bytes bigint not null,
    shown_bytes bigint
);

-- A file that was sent for a draft and is not part of an entry yet: its key and what it is, sealed under the record's key.
create table sent_file (
    file text primary key references file (id),
    draft text not null references draft (id),
    record text not null references record (id),
    sealed bytea not null
);
create index sent_file_of_draft on sent_file (draft);

-- The key of a file that an entry of this record has, sealed under the record's key: where the record's key ends, so does this.
create table file_key (
    record text not null references record (id),
    file text not null references file (id),
    sealed bytea not null,
    primary key (record, file)
);
create index file_key_of_file on file_key (file);

create trigger file_frozen before update on file for each row execute function refuse_change();
create trigger file_key_frozen before update or delete on file_key for each row execute function refuse_change();
