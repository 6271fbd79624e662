//! Filling a new extract from one moment of the record, in batches, so that memory does not grow with the record.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use jiff::civil::Date;
use policy::{FieldKind, Form, Pack, fact::Says, form::DateSpan};
use record::{Moment, PersonId, adoption::AFTER_FORM, fact::Subject, id::Id, known, right::Fate};

use super::{About, Extract, FORM, finish, new_file, not_made, once};
use crate::{
    Db,
    door::{Actor, Tx},
    engine::{Arg, Conn, Statement, StoreError, args, placeholder_list},
    right::STANDS,
};

/// The job under which the record is read for this.
const JOB: &str = "extract";
/// Rows that are read at once: few, since what a thread has once asked for it rarely gives back.
const BATCH: i64 = 250;
/// The most arguments of one statement that adds rows.
const ARGUMENTS: usize = 1_500;

impl Extract {
    /// Makes the extract of this moment and puts it in the place of the one before.
    ///
    /// # Errors
    /// A folder that cannot be written, a full disk, a database that fails; the old extract is then still there.
    pub async fn make(&self, db: &Db) -> Result<About, StoreError> {
        let db = &db.at_this_moment().await?;
        let new = Unfinished::beside(self.file())?;
        let now = db.now();
        let tx = db.begin(Actor::System(JOB), now).await?;
        let mut to = new_file(&new.0).await?;
        to.script(include_str!("report.sql")).await?;
        let pack = db.pack();
        codes(&mut to, pack).await?;
        teams(&mut to, &tx).await?;
        let apart = after_adoptions(&tx).await?;
        let records = record_rows(&mut to, &tx, &apart).await?;
        staff(&mut to, &tx).await?;
        facts(&mut to, &tx, pack, &apart).await?;
        let entries = entries(&mut to, &tx, pack, &apart).await?;
        lacking(&mut to, &tx, &apart).await?;
        finish::finish(&mut to, now).await?;
        looked(&mut to, &tx, now).await?;
        let others = once::others(&tx).await?;
        once::count_once(&mut to, &others).await?;
        let children = records - i64::try_from(others.len()).unwrap_or(0);
        let about = About { as_of: now, children, entries };
        to.execute(
            "insert into report_about (form, as_of, pack, pack_version, children, entries) values ($1,$2,$3,$4,$5,$6)",
            args![FORM, now, pack.id(), pack.version(), about.children, about.entries],
        )
        .await?;
        to.commit().await?;
        tx.leave("extracted", None, None, "counts", &[], false);
        tx.commit().await?;
        new.takes_the_place_of(self.file())?;
        Ok(about)
    }
}

/// A file that is taken away again unless it is finished.
struct Unfinished(PathBuf);

impl Unfinished {
    fn beside(file: &Path) -> Result<Self, StoreError> {
        let failed = |error: std::io::Error| not_made(file, &error);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let mut random = [0_u8; 8];
        record::Chance::fill(&mut crate::SystemChance, &mut random);
        let new = file.with_extension(format!("new-{:016x}", u64::from_le_bytes(random)));
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&new).map_err(failed)?;
        Ok(Self(new))
    }

    fn takes_the_place_of(self, file: &Path) -> Result<(), StoreError> {
        let failed = |error: std::io::Error| not_made(file, &error);
        fs::File::open(&self.0).and_then(|new| new.sync_all()).map_err(failed)?;
        fs::rename(&self.0, file).map_err(failed)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Gone already when it took the old one's place.
        fs::remove_file(&self.0).ok();
    }
}

/// Adds rows in statements that are not too long.
pub(super) async fn add(to: &mut Conn, table_and_columns: &str, rows: Vec<Vec<Arg>>) -> Result<(), StoreError> {
    let Some(width) = rows.first().map(Vec::len) else { return Ok(()) };
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let some: Vec<_> = rows.by_ref().take((ARGUMENTS / width).max(1)).collect();
        let statement = Statement::insert(table_and_columns, some);
        to.execute(statement.sql, statement.args).await?;
    }
    Ok(())
}

async fn codes(to: &mut Conn, pack: &Pack) -> Result<(), StoreError> {
    let items = pack.lists().flat_map(|list| list.items.iter().map(|item| args![&list.id, &item.code, &item.label]));
    add(to, "report_code (list, code, label)", items.collect()).await?;
    let within = |form: &Form| Arg::Text(form.limit_in_words());
    let forms = pack.forms().map(|form| args![&form.id, &form.title, within(form)]);
    add(to, "report_form (form, title, recorded_within)", forms.collect()).await
}

async fn teams(to: &mut Conn, tx: &Tx) -> Result<(), StoreError> {
    let colleagues = tx.colleagues().await?;
    let rows = colleagues.teams.iter().map(|(id, team)| args![*id, &team.name, &team.service]);
    add(to, "report_team (team, name, service)", rows.collect()).await
}

/// The records that began with an adoption. They are not counted: that a record begins on the day on which another ends, of
/// a child of the same sex, says whose it is, in a file that has both.
async fn after_adoptions(tx: &Tx) -> Result<BTreeSet<String>, StoreError> {
    let sql = "select e.record from entry e where e.form = $1 and e.record in (select record from not_standing where how = $2)";
    let rows = tx.query(sql, args![AFTER_FORM, Fate::Apart.name()]).await?;
    rows.iter().map(|row| row.text(0)).collect()
}

/// Children with a record; gives how many.
async fn record_rows(to: &mut Conn, tx: &Tx, apart: &BTreeSet<String>) -> Result<i64, StoreError> {
    let (mut after, mut count) = (String::new(), 0);
    loop {
        let rows = tx
            .query("select id from record where kind = 'child' and id > $1 order by id limit $2", args![&after, BATCH])
            .await?;
        let Some(last) = rows.last() else { return Ok(count) };
        after = last.text(0)?;
        let mut counted = Vec::new();
        for row in &rows {
            let record = row.text(0)?;
            if !apart.contains(&record) {
                counted.push(args![record, ""]);
            }
        }
        let rows = counted;
        count += i64::try_from(rows.len()).unwrap_or(0);
        // The days are filled in at the end.
        add(to, "report_child (record, opened)", rows).await?;
    }
}

/// Which team each member of staff was in, from the organisation's own record.
async fn staff(to: &mut Conn, tx: &Tx) -> Result<(), StoreError> {
    let Some(organisation) = tx.organisation().await? else { return Ok(()) };
    let rows = tx
        .query(
            "select subject, value, from_day, until_day from fact
             where record = $1 and kind = $2 and value is not null and (until_day is null or until_day > from_day)",
            args![organisation, known::STAFF_TEAM],
        )
        .await?;
    let mut staff = Vec::new();
    for row in rows {
        let Subject::Person(person) = row.parsed(0, "fact", "subject")? else { continue };
        // Whoever is in several counts for the last, as everywhere.
        if let Some(team) = row.text(1)?.split(' ').next_back().filter(|team| !team.is_empty()) {
            staff.push(args![person, team, row.text(2)?, Arg::Text(row.opt_text(3)?)]);
        }
    }
    add(to, "report_staff_team (person, team, from_day, until_day)", staff).await
}

/// Whether values of this kind of fact may be counted: codes and days, never words.
const fn countable(says: Says) -> bool {
    matches!(says, Says::Code | Says::Codes | Says::YesNo | Says::Date | Says::Number | Says::Staff | Says::Team)
}

/// Facts and answers whose exact day would point at one child among many, though a date is no name.
const POINTS_AT_ONE: [&str; 4] = [known::BIRTH, "expected-birth", known::DEATH, "died"];

async fn facts(to: &mut Conn, tx: &Tx, pack: &Pack, apart: &BTreeSet<String>) -> Result<(), StoreError> {
    let kinds: Vec<&str> = pack
        .facts()
        .filter(|kind| countable(kind.says) && !kind.sealed && !POINTS_AT_ONE.contains(&kind.id.as_str()))
        .map(|kind| kind.id.as_str())
        .collect();
    let kinds_at = placeholder_list(7, kinds.len());
    // The kind is no way to the rows: by its index all of them would be read and sorted again for each batch.
    let sql = format!(
        "select f.record, f.subject, f.kind, f.key, f.place, f.value, f.from_day, f.until_day, r.holder
         from fact f join record r on r.id = f.record and r.kind = 'child'
         where (f.record, f.subject, f.kind, f.key, f.place) > ($1, $2, $3, $4, $5) and f.kind || '' in ({kinds_at})
         order by f.record, f.subject, f.kind, f.key, f.place limit $6"
    );
    let mut after = [const { String::new() }; 5];
    loop {
        let [record, subject, kind, key, place] = &after;
        let mut args = args![record, subject, kind, key, place, BATCH];
        args.extend(kinds.iter().flat_map(|kind| args![*kind]));
        let rows = tx.query(sql.clone(), args).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = [last.text(0)?, last.text(1)?, last.text(2)?, last.text(3)?, last.text(4)?];
        let mut found = Vec::new();
        for row in &rows {
            let (Some(value), from, until) = (row.opt_text(5)?, row.text(6)?, row.opt_text(7)?) else { continue };
            // What was put right on the same day never held.
            if apart.contains(&row.text(0)?) || value.is_empty() || until.as_ref().is_some_and(|until| *until <= from) {
                continue;
            }
            let about = match row.parsed(1, "fact", "subject")? {
                Subject::Record(_) => "record",
                Subject::Person(person) if Some(person) == row.opt_parsed(8, "record", "holder")? => "child",
                Subject::Person(_) | Subject::Team(_) => "other",
            };
            found.push(args![row.text(0)?, about, row.text(2)?, value, from, Arg::Text(until)]);
        }
        add(to, "report_fact (record, about, kind, value, from_day, until_day)", found).await?;
    }
}

/// Whether answers of this kind may be counted: no words, no person, and no day of a birth.
const fn answers_count(kind: &FieldKind) -> bool {
    match kind {
        FieldKind::Choice { .. } | FieldKind::Choices { .. } | FieldKind::YesNo | FieldKind::Number { .. } => true,
        FieldKind::Date { span, .. } => !matches!(span, DateSpan::Birth | DateSpan::Expected),
        _ => false,
    }
}

/// The fields whose answers may be counted, of a form.
fn fields_of(form: &Form) -> BTreeSet<&str> {
    let counts = |field: &&policy::Field| {
        answers_count(&field.kind) && !field.sealed && !POINTS_AT_ONE.contains(&field.id.as_str())
    };
    form.fields().filter(counts).map(|field| field.id.as_str()).collect()
}

/// The fields whose answers may be counted, of each form.
fn fields(pack: &Pack) -> BTreeMap<&str, BTreeSet<&str>> {
    pack.forms().map(|form| (form.id.as_str(), fields_of(form))).collect()
}

/// Entries in children's records with their coded answers; gives how many.
async fn entries(to: &mut Conn, tx: &Tx, pack: &Pack, apart: &BTreeSet<String>) -> Result<i64, StoreError> {
    let fields = fields(pack);
    let first = first_written(tx).await?;
    let (mut after, mut count) = (String::new(), 0);
    loop {
        // What was amended or moved away counts by what stands in its place.
        let rows = tx
            .query(
                format!(
                    "select e.id, e.record, e.form, e.author, e.happened_on, e.written, e.late from entry e
                     join record r on r.id = e.record and r.kind = 'child'
                     where e.id > $1 and {STANDS} order by e.id limit $2"
                ),
                args![&after, BATCH],
            )
            .await?;
        let Some(last) = rows.last() else { return Ok(count) };
        let last = last.text(0)?;
        let (mut found, mut forms) = (Vec::new(), BTreeMap::new());
        for row in &rows {
            if apart.contains(&row.text(1)?) {
                continue;
            }
            let happened: jiff::civil::Date = row.parsed(4, "entry", "happened_on")?;
            // To be put right makes nothing late or in time: what counts is who wrote it first, and when.
            let (written, author): (Moment, PersonId) = match first.get(&row.text(0)?) {
                Some(first) => *first,
                None => (row.parsed(5, "entry", "written")?, row.parsed(3, "entry", "author")?),
            };
            let days = happened.until(written.day()).map_or(0, |span| i64::from(span.get_days()));
            let (entry, form) = (row.text(0)?, row.text(2)?);
            found.push(args![&entry, row.text(1)?, &form, author, "", "", happened, written.day(), days, row.int(6)?]);
            forms.insert(entry, form);
        }
        count += i64::try_from(found.len()).unwrap_or(0);
        add(
            to,
            "report_entry (entry, record, form, author, team, child_team, happened_on, written_on, days, late)",
            found,
        )
        .await?;
        let rows = tx
            .query(
                "select a.entry, a.field, a.value from answer a join entry e on e.id = a.entry and e.version = a.version
                 where a.entry > $1 and a.entry <= $2",
                args![&after, &last],
            )
            .await?;
        let mut answers = Vec::new();
        for row in rows {
            let (entry, field) = (row.text(0)?, row.text(1)?);
            let counted = forms.get(&entry).and_then(|form| fields.get(form.as_str()));
            if counted.is_some_and(|fields| fields.contains(field.as_str())) {
                answers.push(args![entry, field, row.text(2)?]);
            }
        }
        add(to, "report_answer (entry, field, value)", answers).await?;
        after = last;
    }
}

/// How often children's records were read, printed and refused, month by month. Lists and searches are no reading.
async fn looked(to: &mut Conn, tx: &Tx, now: Moment) -> Result<(), StoreError> {
    let begins = |day: Date| Id::earliest(Moment::of_london(day, jiff::civil::Time::midnight())).to_string();
    for (first, end) in finish::months(now.day()) {
        let rows = tx
            .query(
                "select w.how, w.because, count(*) from looked w join record r on r.id = w.about and r.kind = 'child'
                 where w.leaf >= $1 and w.leaf < $2 and w.how in ('opened', 'printed', 'exported', 'refused')
                 and length(w.reader) = 26 group by w.how, w.because",
                args![begins(first), begins(end.tomorrow().unwrap_or(end))],
            )
            .await?;
        let month = format!("{:04}-{:02}", first.year(), first.month());
        let rows: Vec<_> = rows
            .iter()
            .map(|row| Ok(args![&month, row.text(0)?, row.text(1)?, row.int(2)?]))
            .collect::<Result<_, StoreError>>()?;
        add(to, "report_looked (month, how, because, looks)", rows).await?;
    }
    Ok(())
}

/// For each amendment, when the first of the entries was written in whose place it stands, and by whom.
async fn first_written(tx: &Tx) -> Result<BTreeMap<String, (Moment, PersonId)>, StoreError> {
    let sql = "select n.entry, n.because_of, e.written, e.author from not_standing n join entry e on e.id = n.entry where n.how = 'amended'";
    let mut amended = BTreeMap::new();
    for row in tx.query(sql, args![]).await? {
        let first: (Moment, PersonId) = (row.parsed(2, "entry", "written")?, row.parsed(3, "entry", "author")?);
        amended.insert(row.text(1)?, (row.text(0)?, first));
    }
    let last = amended.keys().map(|amendment| {
        let (mut at, mut first) = (amendment, None);
        // A chain is as long as it is at the most.
        for _ in 0..=amended.len() {
            let Some((before, written)) = amended.get(at) else { break };
            (at, first) = (before, Some(*written));
        }
        (amendment.clone(), first)
    });
    Ok(last.filter_map(|(amendment, first)| Some((amendment, first?))).collect())
}

/// What the census of children in need must have (R-PPL-02).
const NEEDED: [&str; 3] = [known::BIRTH, known::ETHNICITY, "category-of-need"];

/// Open records that lack one of these kinds of fact about their child.
async fn lacking(to: &mut Conn, tx: &Tx, apart: &BTreeSet<String>) -> Result<(), StoreError> {
    for kind in NEEDED {
        let mut after = String::new();
        loop {
            let rows = tx
                .query(
                    "select r.id from record r where r.kind = 'child' and r.holder is not null and r.id > $1
                     and not exists (select 1 from fact f where f.record = r.id and f.subject = 'p' || r.holder
                         and f.kind = $3 and (f.until_day is null or f.until_day > $4))
                     and not exists (select 1 from same_person s join same_person t on t.one = s.one
                         join record o on o.holder = t.person join fact f on f.record = o.id and f.subject = 'p' || o.holder
                         where s.person = r.holder and f.kind = $3 and (f.until_day is null or f.until_day > $4))
                     and not exists (select 1 from fact c where c.record = r.id and c.subject = 'r' || r.id
                         and c.kind = 'record-status' and c.value = 'closed' and c.until_day is null)
                     order by r.id limit $2",
                    args![&after, BATCH, kind, tx.now().day()],
                )
                .await?;
            let Some(last) = rows.last() else { break };
            after = last.text(0)?;
            let mut lack = Vec::new();
            for row in &rows {
                let record = row.text(0)?;
                if !apart.contains(&record) {
                    lack.push(args![record, "", kind]);
                }
            }
            add(to, "report_lacking (record, team, kind)", lack).await?;
        }
    }
    Ok(())
}
