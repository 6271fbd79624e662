-- Until when a first password lets somebody in: it is made by chance, for a short time, and for once. One that was given before
-- this step has three days from now.
alter table account add column first_until text;
update account set first_until = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now', '+3 days') where must_change = 1;
