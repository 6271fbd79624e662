//! A child who was made twice is counted once: what the extract holds of their other records becomes part of the record
//! of who stands for all.

use record::PersonId;

use super::make::add;
use crate::{
    door::Tx,
    engine::{Conn, StoreError, args},
};

/// Each other record of such a child with the one that is counted.
pub(super) async fn others(tx: &Tx) -> Result<Vec<(String, String)>, StoreError> {
    let rows = tx
        .query(
            "select s.one, s.person, r.id from same_person s join record r on r.holder = s.person and r.kind = 'child'
             order by s.one, r.number",
            args![],
        )
        .await?;
    let mut groups: Vec<(PersonId, Vec<(PersonId, String)>)> = Vec::new();
    for row in rows {
        let one: PersonId = row.parsed(0, "same_person", "one")?;
        let of = (row.parsed(1, "same_person", "person")?, row.text(2)?);
        match groups.last_mut().filter(|(last, _)| *last == one) {
            Some((_, records)) => records.push(of),
            None => groups.push((one, vec![of])),
        }
    }
    let mut others = Vec::new();
    for (one, records) in groups {
        let counted =
            records.iter().find(|(person, _)| *person == one).or(records.first()).map(|(_, record)| record.clone());
        let Some(counted) = counted else { continue };
        others.extend(
            records
                .into_iter()
                .map(|(_, record)| record)
                .filter(|record| *record != counted)
                .map(|record| (record, counted.clone())),
        );
    }
    Ok(others)
}

/// Puts them together. Each month is worked out for each record before: of several records one that is open is enough,
/// and a child whom one of them says was seen was seen.
pub(super) async fn count_once(to: &mut Conn, others: &[(String, String)]) -> Result<(), StoreError> {
    if others.is_empty() {
        return Ok(());
    }
    to.execute("create temp table same (record text primary key, one text not null)", args![]).await?;
    add(to, "temp.same (record, one)", others.iter().map(|(record, one)| args![record, one]).collect()).await?;
    let of_others = "where record in (select record from temp.same)";
    for sql in [
        "insert into report_child_month (month_end, record, team, allocated, reason, seen, seen_alone)
         select m.month_end, s.one, max(m.team), max(m.allocated), max(m.reason), max(m.seen), max(m.seen_alone)
         from report_child_month m join temp.same s on s.record = m.record where true group by m.month_end, s.one
         on conflict (month_end, record) do update set
             team = case when report_child_month.team = '' then excluded.team else report_child_month.team end,
             allocated = max(report_child_month.allocated, excluded.allocated),
             reason = case when excluded.allocated = 1 then '' else report_child_month.reason end,
             seen = max(report_child_month.seen, excluded.seen),
             seen_alone = max(report_child_month.seen_alone, excluded.seen_alone)"
            .to_owned(),
        format!("delete from report_child_month {of_others}"),
        "insert or ignore into report_lacking (record, team, kind)
         select s.one, l.team, l.kind from report_lacking l join temp.same s on s.record = l.record"
            .to_owned(),
        format!("delete from report_lacking {of_others}"),
        "update report_child set
             opened = min(opened, (select min(o.opened) from report_child o join temp.same s on s.record = o.record where s.one = report_child.record)),
             closed = case when exists (select 1 from report_child o join temp.same s on s.record = o.record where s.one = report_child.record and o.closed is null)
                 then null else closed end
         where record in (select one from temp.same)"
            .to_owned(),
        format!("delete from report_child {of_others}"),
        // Whether a record is open is a matter of each; of all others only who and where counts for the child.
        format!("delete from report_fact {of_others} and kind in ('record-status', 'record-opened', 'record-closed')"),
        format!("update report_fact set record = (select one from temp.same s where s.record = report_fact.record) {of_others}"),
        format!("update report_entry set record = (select one from temp.same s where s.record = report_entry.record) {of_others}"),
    ] {
        to.execute(sql, args![]).await?;
    }
    Ok(())
}
