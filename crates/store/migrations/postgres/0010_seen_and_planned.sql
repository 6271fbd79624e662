-- Which entries that colleagues wrote somebody has seen: what is not there yet is news on their page. Names no content.
create table seen_entry (
    person text collate "C" not null,
    entry text collate "C" not null references entry (id),
    at text collate "C" not null,
    primary key (person, entry)
);
-- What was written in a record lately, and the visits that somebody is to make.
create index entry_by_writing on entry (record, written);
create index fact_of_visitor on fact (other, kind) where kind = 'planned-visit';
