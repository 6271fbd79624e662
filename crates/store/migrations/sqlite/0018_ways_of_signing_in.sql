-- When somebody was last let in, how each session was entered and when its person last proved who they are, and codes beside passwords. Of accounts that are here
-- already nobody knows more than their sessions say; those who have none are counted from now.
alter table account add column last_in text;
update account set last_in = coalesce(
    (select max(started) from session where session.person = account.person),
    strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'));
alter table session add column how text not null default 'password';
alter table session add column authenticated text;
update session set authenticated = started;

create table code (
    person text primary key references account (person),
    made text not null,
    last_step integer not null,
    wrong integer not null,
    sealed blob not null
) strict;
