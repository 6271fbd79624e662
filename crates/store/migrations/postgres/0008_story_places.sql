-- Where each reader of a record stopped in its story, to go on there. Nothing about the child.
create table story_place (
    reader text not null,
    record text not null references record (id),
    entry text not null references entry (id),
    primary key (reader, record)
);
