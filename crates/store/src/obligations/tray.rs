//! A page of a list of what is owed, divided, ordered and counted by the engine: a team of some hundred children owes
//! thousands of things, and nobody looks at more of them at once than fit on a page.
//!
//! [`Owed::when`] says in Rust what [`when`] says in the words of a query; a test in `web` holds the two together.

use std::fmt::Write as _;

use jiff::{ToSpan as _, civil::Date};
use policy::clock::Clock;
use record::{
    RecordId,
    obligation::{Standing, lasts},
};

use super::{COLUMNS, Decisions, IN_FULL, Owed, told::quoted};
use crate::{
    door::Tx,
    engine::{StoreError, among, args, as_json, texts_of},
};

/// When something is due, as lists are divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// It is late.
    Late,
    /// Today.
    Today,
    /// Tomorrow.
    Tomorrow,
    /// The reminder's time has come (R-TIME-X09).
    Coming,
    /// Later than that.
    Later,
    /// No date can be given.
    NoDate,
}

impl When {
    const ALL: [Self; 6] = [Self::Late, Self::Today, Self::Tomorrow, Self::Coming, Self::Later, Self::NoDate];

    /// Whether somebody is to be told of it without being asked: late, or its reminder's time has come.
    pub fn presses(self) -> bool {
        self <= Self::Coming
    }
}

/// Which part of a list is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many come before it.
    pub from: usize,
    /// The most that it shows.
    pub most: usize,
}

/// How many there are in a whole list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HowMany {
    /// Of all.
    pub all: usize,
    /// Of those that are late.
    pub late: usize,
    /// Of those that are due soon.
    pub soon: usize,
}

impl HowMany {
    /// Counts so many more.
    pub fn add(&mut self, when: When, many: usize) {
        self.all += many;
        match when {
            When::Late => self.late += many,
            When::Today | When::Tomorrow | When::Coming => self.soon += many,
            When::Later | When::NoDate => {}
        }
    }
}

impl Owed {
    /// In which part of a list it stands, of which it is known how it stands.
    pub fn when(&self, standing: Standing, today: Date) -> When {
        let day = self.due.map(|due| due.due.date());
        match (standing, day) {
            (Standing::Late, _) => When::Late,
            (_, None) => When::NoDate,
            (_, Some(day)) if day <= today => When::Today,
            (_, Some(day)) if Some(day) == today.tomorrow().ok() => When::Tomorrow,
            (Standing::Soon, _) => When::Coming,
            _ => When::Later,
        }
    }
}

/// The same of a row that is open: its place in [`When::ALL`], and one behind them all where nobody is asked for it by
/// these clocks. `$2` is now, `$3` tomorrow, `$4` the day after.
///
/// The clocks stand here and not among the conditions, where SQLite would look each of them up for each record.
fn when(clocks: &[Clock]) -> String {
    let ids = |which: fn(&Clock) -> bool| quoted(clocks.iter().filter(|clock| which(clock)).map(|clock| &clock.id));
    format!(
        "case when clock not in ({}) then 6 when due < $2 and clock in ({}) then 6
         when late_after < $2 and clock not in ({}) then 0 when due is null then 5 when due < $3 then 1 when due < $4 then 2
         when remind_at <= $2 then 3 else 4 end",
        ids(|_| true),
        // What only has to go on for so long is done when that is over.
        ids(|clock| lasts(&clock.due)),
        ids(|clock| clock.only_prompts)
    )
}

impl Tx {
    /// A page of what these records owe and nobody has done, the most pressing first, and how many there are in all;
    /// without what was decided that it need not be done. The records come from a list that the door has filtered.
    ///
    /// None where what some of these records owe is being worked out anew: then a list asks for all of it
    /// ([`owed`](Self::owed)).
    pub async fn owed_in_turn(
        &self,
        records: &[RecordId],
        decisions: &Decisions,
        page: Page,
    ) -> Result<Option<(HowMany, Vec<Owed>)>, StoreError> {
        if records.is_empty() {
            return Ok(Some((HowMany::default(), Vec::new())));
        }
        if !self.stale(records).await?.is_empty() {
            return Ok(None);
        }
        let now = self.now().london();
        let after = |days: i64| now.date().saturating_add(days.days());
        let mut args = args![as_json(records), now.to_string(), after(1), after(2)];
        let mut open = format!(
            "record {} and met is null and begins <= $2 and (ended is null or ended > $2)",
            among(self.db.engine(), 1)
        );
        let waived: Vec<String> = decisions.waived().map(|(record, name)| format!("{record}/{name}")).collect();
        if !waived.is_empty() {
            args.extend(args![as_json(waived)]);
            let those = texts_of(self.db.engine(), args.len());
            // Writing to a string cannot fail.
            let _ = write!(open, " and {IN_FULL} not in ({those})");
        }
        let part = when(self.db.pack().clocks().all());
        let n = args.len();
        let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        args.extend(args![number(page.most), number(page.from)]);
        // How many there are in each part, and the page: what is open is looked at once for both. Nothing stands on the
        // page that nobody is asked for.
        let nothing = COLUMNS.split(", ").map(|_| "null").collect::<Vec<_>>().join(", ");
        let sql = format!(
            "with open as materialized (select {COLUMNS}, cast({part} as bigint) as part from owed where {open})
             select {nothing}, part, count(*) from open group by part
             union all select * from (select {COLUMNS}, part, cast(0 as bigint) from open where part < {}
                 order by part, due, clock, record, set_off, occurrence limit ${} offset ${}) as page",
            When::ALL.len(),
            n + 1,
            n + 2
        );
        let (mut many, mut some) = (HowMany::default(), Vec::new());
        let columns = COLUMNS.split(", ").count();
        for row in self.query(sql, args).await? {
            let (part, count) = (row.int(columns)?, row.int(columns + 1)?);
            if count == 0 {
                some.push((part, Owed::read(&row)?));
            } else if let Some(when) = usize::try_from(part).ok().and_then(|part| When::ALL.get(part)) {
                many.add(*when, usize::try_from(count).unwrap_or_default());
            }
        }
        // The page is in its order, but no rule of SQL says that both together are.
        some.sort_by_cached_key(|(part, owed)| {
            (
                *part,
                owed.due.map(|due| due.due),
                owed.id.clock.clone(),
                owed.id.record,
                owed.id.set_off.to_string(),
                owed.id.occurrence,
            )
        });
        let some = some.into_iter().map(|(_, owed)| owed).collect();
        Ok(Some((many, some)))
    }
}
