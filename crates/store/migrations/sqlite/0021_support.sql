-- Whose an account is: of staff, or of support. It is said when the account is made, and never changes.
alter table account add column kind text not null default 'staff';
create trigger account_kind_frozen before update of kind on account when new.kind <> old.kind
begin select raise(abort, 'the kind of an account is for ever'); end;
