-- Which children a team has, and which of their records are closed: few facts among all.
create index fact_of_team on fact (value, record, from_day, until_day) where kind = 'allocated-team';
create index fact_of_closed on fact (record, from_day, until_day) where kind = 'record-status' and value = 'closed';
