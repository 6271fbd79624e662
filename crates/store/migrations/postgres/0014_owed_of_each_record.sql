-- By which rules what a record owes was worked out: each record says so for itself, so that other rules come into force
-- without anybody waiting. What is by others is worked out where it is asked for, and anew in the background.
alter table record add column owed_under text;
-- The table owed_under is asked no more, and goes in a later step.
