-- Whose an account is: of staff, or of support. It is said when the account is made, and never changes.
alter table account add column kind text not null default 'staff';
create function refuse_change_of_kind() returns trigger language plpgsql as $$ begin
    if new.kind <> old.kind then raise exception 'the kind of an account is for ever'; end if;
    return new;
end $$;
create trigger account_kind_frozen before update on account for each row execute function refuse_change_of_kind();
