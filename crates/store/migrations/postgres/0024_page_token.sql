-- What the pages of a session post beside what was typed, against forged posts. It stays when the session gets a new name,
-- so that what is open in other windows can still be sent. Of sessions that are here already it is made of their name.
alter table session add column token text;
