-- Who looked at whom: what the leaves of the readings say, one row for each record or person that a leaf showed, written
-- with the leaf in the same commit. It follows from the leaves alone; verify works it out again. What lies in the leaves
-- of an older database is brought in by the same step.
create table looked (
    leaf text not null,
    about text not null,
    reader text not null,
    how text not null,
    because text not null,
    among integer not null,
    primary key (leaf, about)
) strict, without rowid;
create index looked_about on looked (about, leaf);
-- What somebody did who does not work with the child, a small part of all, and whatever was taken out: in this is looked
-- for readings that deserve a question.
create index looked_untied on looked (leaf) where how in ('printed', 'exported')
    or (how in ('opened', 'found', 'refused') and because not in ('allocated', 'covers', 'manages', 'named'));
