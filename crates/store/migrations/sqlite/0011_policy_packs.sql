-- Every policy pack that was offered to this organisation, whole: the files that it is loaded from and its canonical
-- text, of which the hash is. Which one is in force since when is said by entries of the organisation's record.
create table pack_kept (
    hash blob primary key,
    pack text not null,
    version integer not null,
    title text not null,
    files text not null,
    text text not null,
    kept text not null
) strict;
create trigger pack_kept_frozen before update on pack_kept begin select raise(abort, 'pack_kept is append-only'); end;
create trigger pack_kept_kept before delete on pack_kept begin select raise(abort, 'pack_kept is append-only'); end;
-- A draft is finished in the version of the form in which it began.
alter table draft add column form_hash blob;
