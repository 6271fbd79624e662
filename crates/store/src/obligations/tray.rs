//! A page of a list of what is owed, divided, ordered and counted by the engine: a team of some hundred children owes
//! thousands of things, and nobody looks at more of them at once than fit on a page.
//!
//! [`Owed::when`] says in Rust what [`when`] says in the words of a query; a test in `web` holds the two together.

use std::fmt::Write as _;

use jiff::{ToSpan as _, civil::Date};
use policy::clock::Clock;
use record::obligation::{Standing, lasts};

use super::{COLUMNS, Decisions, IN_FULL, Owed, told::quoted};
use crate::{
    door::Tx,
    engine::{StoreError, among, args, as_json, texts_of},
    lists::Records,
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

/// A page of what is owed.
#[derive(Clone, Debug)]
pub struct InTurn {
    /// How many there are in the whole list.
    pub many: HowMany,
    /// How many come before this page.
    pub from: usize,
    /// What is owed, as far as it is on this page.
    pub owed: Vec<Owed>,
    /// What was decided of the list.
    pub decisions: Decisions,
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

/// The same of a row that is open and was worked out by the rules in force: its place in [`When::ALL`], and one behind them
/// all where nobody is asked for it. `$2` is now, `$3` tomorrow, `$4` the day after.
///
/// The clocks stand here and not among the conditions, where SQLite would look each of them up for each record.
fn when(clocks: &[Clock]) -> String {
    let ids = |which: fn(&Clock) -> bool| quoted(clocks.iter().filter(|clock| which(clock)).map(|clock| &clock.id));
    format!(
        "case when due < $2 and clock in ({}) then 6
         when late_after < $2 and clock not in ({}) then 0 when due is null then 5 when due < $3 then 1 when due < $4 then 2
         when remind_at <= $2 then 3 else 4 end",
        // What only has to go on for so long is done when that is over.
        ids(|clock| lasts(&clock.due)),
        ids(|clock| clock.only_prompts)
    )
}

impl Tx {
    /// A page of what the records of a list owe and nobody has done, the most pressing first, how many there are in all, and
    /// what was decided; without what need not be done. A page behind the end is the first.
    ///
    /// None where what some of these records owe is being worked out anew: then a list asks for all of it
    /// ([`owed`](Self::owed)).
    pub async fn owed_in_turn(&self, records: &Records, page: Page) -> Result<Option<InTurn>, StoreError> {
        if records.stale {
            return Ok(None);
        }
        let decisions = self.decided_in(records.ids.clone()).await?;
        let now = self.now().london();
        let after = |days: i64| now.date().saturating_add(days.days());
        let mut args = args![&records.ids, now.to_string(), after(1), after(2)];
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
        // What is open is looked at once, for how many there are in each part and for the page, and of the thousands only
        // what decides their order. Nothing stands on the page that nobody is asked for.
        let (nothing, columns) = (each_column(|_| "null".to_owned()), each_column(|column| format!("o.{column}")));
        let sql = format!(
            "with open as materialized (select {ORDER}, cast({part} as bigint) as part from owed where {open}),
                page as (select {ORDER}, part from open where part < {} order by part, {ORDER} limit ${} offset ${})
             select {nothing}, part, count(*) from open group by part
             union all select {columns}, p.part, cast(0 as bigint) from page p join owed o on o.record = p.record and o.clock = p.clock
                and o.set_off = p.set_off and o.occurrence = p.occurrence",
            When::ALL.len(),
            n + 1,
            n + 2
        );
        let page_at = async |from: usize| {
            let mut args = args.clone();
            args.extend(args![number(page.most), number(from)]);
            let (mut many, mut owed) = (HowMany::default(), Vec::new());
            for row in self.query(sql.clone(), args).await? {
                let (part, count) = (row.int(COUNTED)?, row.int(COUNTED + 1)?);
                if count == 0 {
                    owed.push((part, Owed::read(&row)?));
                } else if let Some(when) = usize::try_from(part).ok().and_then(|part| When::ALL.get(part)) {
                    many.add(*when, usize::try_from(count).unwrap_or_default());
                }
            }
            Ok::<_, StoreError>((many, owed))
        };
        let mut from = page.from;
        let (mut many, mut owed) = page_at(from).await?;
        if owed.is_empty() && from > 0 {
            from = 0;
            (many, owed) = page_at(from).await?;
        }
        // The page was taken in its order, but is not given in it.
        owed.sort_by_cached_key(|(part, owed)| {
            let id = &owed.id;
            (*part, owed.due.map(|due| due.due), id.clock.clone(), id.record, id.set_off.to_string(), id.occurrence)
        });
        Ok(Some(InTurn { many, from, owed: owed.into_iter().map(|(_, owed)| owed).collect(), decisions }))
    }
}

/// What a list is put in order by within a part; an obligation's name is in it.
const ORDER: &str = "due, clock, record, set_off, occurrence";

/// Where the part stands in a row, behind the columns of what is owed; behind it how many there are.
const COUNTED: usize = 18;

fn each_column(said: impl Fn(&str) -> String) -> String {
    COLUMNS.split(", ").map(said).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::{COLUMNS, COUNTED};

    #[test]
    fn what_is_counted_stands_behind_the_columns() {
        assert_eq!(COLUMNS.split(", ").count(), COUNTED);
    }
}
