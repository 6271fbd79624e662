-- Until when a first password lets somebody in: it is made by chance, for a short time, and for once. One that was given before
-- this step has three days from now.
alter table account add column first_until text;
update account set first_until =
    to_char((now() at time zone 'utc') + interval '3 days', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') where must_change = 1;
