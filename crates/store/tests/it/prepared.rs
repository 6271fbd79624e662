//! Every public function once on both engines, so that every statement is prepared on both.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use policy::{Capability, form::RecordKind};
use record::{
    ActId, EntryId, PersonId, RecordId,
    content::{Author, Content},
    entry::{About, changes},
    likeness::LookedFor,
};
use store::{After, LooksWanted, Past, Read, ReadUnder, Refused, SearchFor, StoreError, Write};

use crate::{
    cast::{JOB, WORDS, WRITE, code, note},
    test_db::{PACK, TestDb},
};

fn imported(t: &TestDb, holder: PersonId, entries: usize) -> Past {
    let record: RecordId = t.id();
    let form = PACK.form("legal-status").unwrap();
    let mut changed = Vec::new();
    let mut sources = Vec::new();
    for (n, status) in ["C2", "E1", "V2"].into_iter().cycle().take(entries).enumerate() {
        let entry: EntryId = t.id();
        let content = Content {
            form: form.id.clone(),
            form_version: form.version,
            author: Author {
                person: holder,
                name: "Another system".to_owned(),
                designation: String::new(),
                team: String::new(),
            },
            happened_on: date(2024, 1, 1 + i8::try_from(n % 28).unwrap()),
            happened_at: None,
            written: t.now().plus_seconds(-60),
            informant: None,
            headline: None,
            late: None,
            second_because: None,
            on_behalf_of: None,
            right: record::right::Right::default(),
            needs: None,
            answers: BTreeMap::from([("status".to_owned(), record::answer::Answered::plain(code(status)))]),
        };
        let act: ActId = t.id();
        let about = About { record, holder: Some(holder), entry };
        changed.extend(changes(&PACK, form, content, about).into_iter().map(|change| (act, change)));
        sources.push((format!("903/{holder}/{n}"), entry));
    }
    Past { record, holder, people: vec![holder], changes: changed, sources }
}

both_engines! {
    async fn every_statement_prepares_on_both_engines(t: TestDb) {
        let cast = t.cast("amy").await;
        let child = t.child("Amira", cast.east, Some(cast.amy)).await;
        let sibling = t.child("Bilal", cast.east, None).await;
        let first = t.note(JOB, child, WORDS).await;
        t.wait(1);
        let second = t.note(JOB, child, "later").await;

        let tx = t.begin(JOB).await;
        let grant = tx.authorise(Read("chronology"), child.record, "").await.unwrap();
        let page = tx.entries(&grant, true, None, 1).await.unwrap();
        assert_eq!(page[0].entry, second);
        let after = After { day: page[0].content.happened_on, time: "15:20".to_owned(), entry: page[0].entry.to_string() };
        assert_eq!(tx.entries(&grant, true, Some(&after), 5).await.unwrap()[0].entry, first);
        let entry = tx.entry(&grant, first).await.unwrap().unwrap();
        assert!(tx.entry(&grant, t.id()).await.unwrap().is_none());
        assert_eq!(tx.extent(&grant).await.unwrap(), (5, Some(date(2026, 1, 5))));
        assert!(tx.same_contact(&grant, "case-note", date(2026, 3, 2), jiff::civil::Time::new(15, 20, 0, 0).ok()).await.unwrap().is_some());
        assert_eq!(tx.tied(&grant, entry.act).await.unwrap(), []);
        assert_eq!(tx.done(entry.act).await.unwrap(), [(child.record, first)]);
        let facts = tx.current_facts(&grant).await.unwrap();
        assert!(!tx.opened_by(&grant, &facts).await.unwrap().is_empty());
        assert!(!tx.facts_for_chronology(&grant, None, 10).await.unwrap().is_empty());
        let before = tx.facts_for_chronology(&grant, Some(Date::MIN), 10).await.unwrap();
    let says_day = |kind: &str| PACK.fact(kind).is_some_and(|kind| kind.says == policy::fact::Says::Date);
    assert!(before.iter().all(|fact| says_day(&fact.said.line.kind)), "only what says its own day is before all days");
        assert_eq!(tx.history(&grant, "allocated-worker").await.unwrap().len(), 1);
        let who = tx.who(&grant, &[child.person, cast.amy]).await.unwrap();
        assert_eq!(who[&child.person].name.as_deref(), Some("Amira Okafor"));
        assert_eq!(tx.numbers(&grant, &[child.person]).await.unwrap().len(), 1);
        assert!(tx.may(Capability::CloseRecord, &grant).await.unwrap());
        assert!(grant.number() > 10_000);
        assert_eq!(grant.situation().workers.len(), 1);
        assert_eq!(tx.names_of_records(&[child.record, sibling.record]).await.unwrap()[&sibling.record], "Bilal Okafor");
        assert_eq!(tx.known_people(&[child.person, t.id()]).await.unwrap().len(), 1);
        assert!(tx.has_record(child.person).await.unwrap());
        assert_eq!(tx.record_numbered(grant.number()).await.unwrap(), Some(child.record));
        assert_eq!(tx.find_people(&LookedFor::new("ami", Some(date(2016, 5, 14))), SearchFor::Record, 5).await.unwrap().len(), 1);
        assert_eq!(tx.find_people(&LookedFor::new("", Some(date(2016, 5, 14))), SearchFor::Record, 5).await.unwrap().len(), 2);
        assert_eq!(tx.colleagues().await.unwrap().teams[&cast.east].manager, Some(cast.mona));
        assert!(tx.reach(Capability::ReadRecord).await.unwrap().contains(&policy::Relation::Any));
        drop(grant);
        let grant = tx.authorise(ReadUnder(Capability::SeeReadings, "see-readings"), child.record, "").await.unwrap();
        assert_eq!(tx.looked_at(&grant, &LooksWanted::default(), 10).await.unwrap().len(), 0);
        drop(grant);
        tx.commit().await.unwrap();
        let tx = t.begin(JOB).await;
        let grant = tx.authorise(ReadUnder(Capability::SeeReadings, "see-readings"), child.record, "").await.unwrap();
        assert!(tx.looked_at(&grant, &LooksWanted::default(), 10).await.unwrap().len() >= 3, "what was read before");
        let narrowed = LooksWanted {
            reader: None,
            from: Some(t.now().plus_seconds(-60)),
            to: Some(t.now().plus_seconds(60)),
            how: vec![record::looked::How::Opened],
            before: Some("z".to_owned()),
        };
        assert!(!tx.looked_at(&grant, &narrowed, 10).await.unwrap().is_empty());
        assert_eq!(tx.readers(&grant).await.unwrap(), [], "a job is nobody");
        let narrowed = LooksWanted { reader: Some(cast.amy), ..narrowed };
        assert!(tx.looked_at(&grant, &narrowed, 10).await.unwrap().is_empty());
        drop(grant);
        let tx = t.begin(store::Actor::Person(cast.amy)).await;
        // R-OBS-17: what others wrote since somebody was given the child, until they have seen it.
        let both = [child.record, sibling.record];
        let news: Vec<_> = tx.unread(&both).await.unwrap().into_iter().map(|one| (one.record, one.entry, one.whose)).collect();
        assert_eq!(news, [(child.record, second, cast.amy)]);
        assert_eq!(tx.unread_by_workers(&both).await.unwrap().len(), 1);
        assert_eq!(tx.plans(&both).await.unwrap(), []);
        assert_eq!((tx.to_visit().await.unwrap(), tx.file_held().await.unwrap()), (Vec::new(), Vec::new()));
        assert!(tx.to_check(&both).await.unwrap().is_empty());
        let homes = tx.homes(&both).await.unwrap();
        assert!(homes.values().all(|home| home.living.at().is_none() && home.due.is_empty()));
        assert!(matches!(tx.drafts_in(&both).await, Err(store::Refused::NoRight)));
        tx.saw(&[second]);
        tx.saw(&[second]);
        tx.commit().await.unwrap();
        let tx = t.begin(store::Actor::Person(cast.amy)).await;
        assert_eq!(tx.unread(&both).await.unwrap(), []);
        tx.commit().await.unwrap();
        let tx = t.begin(JOB).await;
        assert_eq!(tx.drafts_in(&both).await.unwrap(), []);
        let grant = tx.authorise(Read("chronology"), child.record, "").await.unwrap();
        assert_eq!(tx.begun(&grant, &["planned-visit", "visit-recorder"]).await.unwrap(), []);
        drop(grant);
        drop(tx);
        assert_eq!(t.db.organisation().await.unwrap(), Some(cast.organisation));
        assert_eq!(t.db.engine_name(), if t.is_sqlite() { "SQLite" } else { "PostgreSQL" });
        t.assert_sound().await;
    }

    async fn whole_records_are_taken_in_once_and_are_sound(t: TestDb) {
        t.cast("").await;
        let holders: [PersonId; 2] = [t.id(), t.id()];
        let pasts = holders.map(|holder| imported(&t, holder, 3));
        let tx = t.begin(JOB).await;
        let form = PACK.form("legal-status").unwrap();
        tx.keep_form(&form.hash, &form.id, form.version, || PACK.canonical_form(form)).await.unwrap();
        tx.load(&pasts).await.unwrap();
        tx.commit().await.unwrap();
        t.assert_sound().await;
        let tx = t.begin(JOB).await;
        let sources: Vec<_> = pasts.iter().flat_map(|past| past.sources.iter().map(|(source, _)| source.clone())).collect();
        assert_eq!(tx.taken_before(&sources).await.unwrap().len(), 6);
        tx.took(pasts[0].record, &[("903/more".to_owned(), pasts[0].sources[0].1)]);
        tx.commit().await.unwrap();
        assert_eq!(t.cell("select count(*) from import_source").await, "7");
        let tx = t.begin(JOB).await;
        let again = tx.load(&pasts).await;
        let commit = tx.commit().await;
        assert!(again.is_ok() && matches!(commit, Err(StoreError::Conflict)), "a second time is refused whole");
        t.assert_sound().await;
    }

    async fn a_change_of_another_record_than_the_grants_is_refused(t: TestDb) {
        let cast = t.cast("").await;
        let [amira, bilal] = [t.child("Amira", cast.east, None).await, t.child("Bilal", cast.east, None).await];
        let tx = t.begin(JOB).await;
        let grant = tx.authorise(WRITE, amira.record, "record").await.unwrap();
        let form = PACK.form("case-note").unwrap();
        let [mine, other] = [amira, bilal].map(|child| About { record: child.record, holder: Some(child.person), entry: t.id() });
        let content = |about| {
            let page = Content {
                form: form.id.clone(),
                form_version: 1,
                author: Author { person: cast.amy, name: String::new(), designation: String::new(), team: String::new() },
                happened_on: date(2026, 3, 2),
                happened_at: None,
                written: t.now(),
                informant: None,
                headline: None,
                late: None,
                second_because: None,
            on_behalf_of: None,
        right: record::right::Right::default(),
            needs: None,
                answers: note("x").into_iter().map(|(field, answer)| (field.to_owned(), record::answer::Answered::plain(answer))).collect(),
            };
            changes(&PACK, form, page, about)
        };
        assert!(tx.keep(&grant, t.id(), content(mine)).await.is_ok());
        assert!(matches!(tx.keep(&grant, t.id(), content(other)).await, Err(StoreError::Inconsistent { .. })));
    }

    async fn the_organisation_is_opened_by_those_who_manage_staff(t: TestDb) {
        let cast = t.cast("ada").await;
        let tx = t.begin(store::Actor::Person(cast.ada)).await;
        let grant = tx.authorise(Write(Capability::ManageStaff), cast.organisation, "manage").await.unwrap();
        assert_eq!(grant.holder(), None);
        drop(grant);
        assert!(matches!(tx.open_record(t.id(), RecordKind::Child, Some(t.id())).await, Err(Refused::NoRight)));
    }
}

/// For measuring: `cargo test --release -p store --test it -- --ignored --nocapture a_hundred_thousand`.
#[tokio::test]
#[ignore = "a measurement, in release"]
async fn a_hundred_thousand_entries_verify_in_well_under_a_minute() {
    let t = TestDb::sqlite().await;
    t.cast("").await;
    for _ in 0..20 {
        let pasts: Vec<_> = (0..50).map(|_| imported(&t, t.id(), 100)).collect();
        let tx = t.begin(JOB).await;
        let form = PACK.form("legal-status").unwrap();
        tx.keep_form(&form.hash, &form.id, form.version, || PACK.canonical_form(form)).await.unwrap();
        tx.load(&pasts).await.unwrap();
        tx.commit().await.unwrap();
    }
    let began = std::time::Instant::now();
    let report = t.assert_sound().await;
    eprintln!("{} entries, {} facts in {:?}", report.entries, report.facts, began.elapsed());
    assert!(report.entries > 100_000 && began.elapsed().as_secs() < 60);
}
