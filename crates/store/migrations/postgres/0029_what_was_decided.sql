-- What managers decided about single obligations, of the records of a list: they are few among all facts.
create index fact_of_decision on fact (record) where kind = 'obligation-decided';
