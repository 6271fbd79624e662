-- An answer that is an identifier of 26 characters may be another entry: found by the one that it names.
create index answer_naming on answer (value) where length(value) = 26;
