-- Every policy pack that was offered to this organisation, whole: the files that it is loaded from and its canonical
-- text, of which the hash is. Which one is in force since when is said by entries of the organisation's record.
create table pack_kept (
    hash bytea primary key,
    pack text collate "C" not null,
    version bigint not null,
    title text collate "C" not null,
    files text collate "C" not null,
    text text collate "C" not null,
    kept text collate "C" not null
);
create trigger pack_kept_frozen before update or delete on pack_kept for each row execute function refuse_change();
-- A draft is finished in the version of the form in which it began.
alter table draft add column form_hash bytea;
