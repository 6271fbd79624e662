-- Files of entries. Their bytes lie sealed outside the database, under the file's identifier; here is what they are and
-- who may open them.

-- A file that is there: how many bytes its sealed pieces have, so that a copy of them can be checked without a key.
create table file (
    id text primary key,
    at text not null,
    bytes integer not null,
    shown_bytes integer
) strict;

-- A file that was sent for a draft and is not part of an entry yet: its key and what it is, sealed under the record's key.
create table sent_file (
    file text primary key references file (id),
    draft text not null references draft (id),
    record text not null references record (id),
    sealed blob not null
) strict;
create index sent_file_of_draft on sent_file (draft);

-- The key of a file that an entry of this record has, sealed under the record's key: where the record's key ends, so does this.
create table file_key (
    record text not null references record (id),
    file text not null references file (id),
    sealed blob not null,
    primary key (record, file)
) strict;
create index file_key_of_file on file_key (file);

create trigger file_frozen before update on file begin select raise(abort, 'file is append-only'); end;
create trigger file_kept before delete on file when exists (select 1 from file_key k where k.file = old.id) begin select raise(abort, 'file is append-only'); end;
create trigger file_key_frozen before update on file_key begin select raise(abort, 'file_key is append-only'); end;
create trigger file_key_kept before delete on file_key begin select raise(abort, 'file_key is append-only'); end;
