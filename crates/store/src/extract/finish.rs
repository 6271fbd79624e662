//! What an extract works out of what it holds: days, teams, and each child at the end of each month.

use jiff::{ToSpan as _, civil::Date};
use record::Moment;

use super::make::add;
use crate::engine::{Conn, StoreError, args};

/// How many months are looked back on.
const MONTHS: i32 = 13;
/// How many rows one statement changes. SQLite keeps in memory what each page was before until the statement ends: of a
/// whole authority's entries that would be hundreds of megabytes.
const AT_ONCE: i64 = 2_000;

/// The team that a child was with on a day.
fn child_team(record: &str, day: &str) -> String {
    format!(
        "(select value from report_fact t where t.record = {record} and t.kind = 'allocated-team' and t.about = 'record'
            and t.from_day <= {day} and (t.until_day is null or t.until_day > {day}) order by t.from_day desc limit 1)"
    )
}

pub(super) async fn finish(to: &mut Conn, now: Moment) -> Result<(), StoreError> {
    // A record brought in from elsewhere began when its first entry says so.
    in_pieces(
        to,
        "report_child",
        "opened = coalesce(
            (select min(f.value) from report_fact f where f.record = report_child.record and f.kind = 'record-opened' and f.about = 'record'),
            (select min(e.written_on) from report_entry e where e.record = report_child.record), ''),
         closed = (select max(f.from_day) from report_fact f where f.record = report_child.record
            and f.kind = 'record-status' and f.value = 'closed' and f.until_day is null)",
    )
    .await?;
    let child_team_then = child_team("report_entry.record", "report_entry.written_on");
    in_pieces(to, "report_entry", &format!("child_team = coalesce({child_team_then}, '')")).await?;
    in_pieces(
        to,
        "report_entry",
        "team = coalesce(
            (select s.team from report_staff_team s where s.person = report_entry.author and s.from_day <= report_entry.written_on
                and (s.until_day is null or s.until_day > report_entry.written_on) order by s.from_day desc limit 1),
            child_team)",
    )
    .await?;
    let today = now.day();
    for (first, end) in months(today) {
        month(to, first, end).await?;
    }
    to.execute(
        format!("update report_lacking set team = coalesce({}, '')", child_team("report_lacking.record", "$1")),
        args![today],
    )
    .await?;
    to.execute("analyze", args![]).await?;
    Ok(())
}

/// Sets columns in every row of a table.
async fn in_pieces(to: &mut Conn, table: &str, sets: &str) -> Result<(), StoreError> {
    let last = to.query_opt(format!("select coalesce(max(rowid), 0) from {table}"), args![]).await?;
    let last = last.map_or(Ok(0), |row| row.int(0))?;
    let sql = format!("update {table} set {sets} where rowid > $1 and rowid <= $2");
    let mut from = 0;
    while from < last {
        to.execute(sql.clone(), args![from, from + AT_ONCE]).await?;
        from += AT_ONCE;
    }
    Ok(())
}

/// Each child with an open record on the last day of a month.
async fn month(to: &mut Conn, first: Date, end: Date) -> Result<(), StoreError> {
    // The days stand in the text more often than once each, so they are a table of their own.
    to.execute("drop table if exists temp.month", args![]).await?;
    to.execute("create temp table month (first text, last text)", args![]).await?;
    add(to, "temp.month (first, last)", vec![args![first, end]]).await?;
    let holds =
        |fact: &str| format!("{fact}.from_day <= m.last and ({fact}.until_day is null or {fact}.until_day > m.last)");
    let seen = |how: &str| {
        format!(
            "exists (select 1 from report_entry e join report_answer a on a.entry = e.entry and a.field = '{how}' and a.value = 'yes'
                where e.record = c.record and e.form = 'visit' and e.happened_on between m.first and m.last)"
        )
    };
    to.execute(
        format!(
            "insert into report_child_month (month_end, record, team, allocated, reason, seen, seen_alone)
             select m.last, c.record, coalesce({team}, ''),
                exists (select 1 from report_fact w where w.record = c.record and w.kind = 'allocated-worker' and w.about = 'record' and {worker}),
                coalesce((select y.value from report_fact y where y.record = c.record and y.kind = 'unallocated-reason'
                    and y.about = 'record' and {reason} order by y.from_day desc limit 1), ''),
                {seen}, {alone}
             from report_child c, temp.month m
             where c.opened <= m.last
               and not exists (select 1 from report_fact k where k.record = c.record and k.kind = 'record-status'
                   and k.about = 'record' and k.value = 'closed' and {closed})",
            team = child_team("c.record", "m.last"),
            worker = holds("w"),
            reason = holds("y"),
            closed = holds("k"),
            seen = seen("seen"),
            alone = seen("seen-alone"),
        ),
        args![],
    )
    .await?;
    Ok(())
}

/// The first and the last day of each month that is looked back on; of this month, today.
pub(super) fn months(today: Date) -> impl Iterator<Item = (Date, Date)> {
    (0..MONTHS).rev().map(move |back| {
        let first = today.first_of_month().saturating_sub(back.months());
        (first, if back == 0 { today } else { first.last_of_month() })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[tokio::test]
    async fn every_row_is_changed_however_many_there_are() {
        let folder = tempfile::tempdir().unwrap();
        let mut to = super::super::new_file(&folder.path().join("extract.db")).await.unwrap();
        for rows in [0, 1, AT_ONCE, 2 * AT_ONCE + 1] {
            to.execute("drop table if exists long", args![]).await.unwrap();
            to.execute("create table long (n integer)", args![]).await.unwrap();
            let numbers = "with recursive each (n) as (select 1 union all select n + 1 from each where n < $1)
                insert into long select 0 from each where $1 > 0";
            to.execute(numbers, args![rows]).await.unwrap();
            in_pieces(&mut to, "long", "n = n + 1").await.unwrap();
            let found = to
                .query_opt("select count(*), count(case n when 1 then 1 end) from long", args![])
                .await
                .unwrap()
                .unwrap();
            assert_eq!((found.int(0).unwrap(), found.int(1).unwrap()), (rows, rows));
        }
    }

    #[test]
    fn months_end_on_their_last_day_and_this_one_today() {
        let all: Vec<_> = months(date(2026, 3, 31)).collect();
        assert_eq!(all.len(), 13);
        assert_eq!(all[0], (date(2025, 3, 1), date(2025, 3, 31)));
        assert_eq!(all[11], (date(2026, 2, 1), date(2026, 2, 28)));
        assert_eq!(all[12], (date(2026, 3, 1), date(2026, 3, 31)));
    }
}
