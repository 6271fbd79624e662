//! What must be kept from whoever is given something from a record: asked of its facts, and shown to nobody.

use policy::fact::Says;
use record::{
    PersonId, RecordId,
    disclosure::{ANYTHING, Secrets, WHERE},
    fact::Subject,
    known,
};

use crate::{
    door::{Action, Grant, Tx},
    engine::{StoreError, args, as_json, texts_of},
    facts::{COLUMNS, read_fact},
    keys::RecordKey,
};

/// What must be kept from somebody.
#[derive(Debug, Default)]
pub struct KeptFrom {
    /// Everything: they must never learn anything of the child.
    pub everything: bool,
    /// Whether an address of the child must be kept from somebody: then none is given to anybody.
    pub protected: bool,
    /// Words that tell where the child lives, or has lived, or goes to school.
    pub places: Secrets,
}

impl Tx {
    /// What must be kept from this person in what they are given from a record. Where an address is protected, or somebody
    /// must never learn where the child is, it is kept from everybody: through whom else it would come to them nobody can say.
    ///
    /// Every record of the child is asked, those too that are closed to whoever asks: what one of them keeps back, another
    /// must not give away. Nothing of it leaves but whether a text tells it.
    pub async fn kept_back_from<A: Action>(
        &self,
        grant: &Grant<'_, A>,
        recipient: PersonId,
    ) -> Result<KeptFrom, StoreError> {
        let (mut keys, mut protected) = (Vec::new(), grant.situation().protected);
        if let Some(one) = grant.row.one {
            for row in self.group_rows(one).await? {
                protected |= row.situation.protected;
                keys.push((row.record, self.db.keys().unwrap(row.record, &row.wrapped_key)?));
            }
        }
        let known_as = self.known_as(recipient).await?;
        let mut kept = KeptFrom { protected, ..KeptFrom::default() };
        let mut places = Vec::new();
        let own = std::iter::once((grant.record, &grant.key));
        let others = keys.iter().map(|(record, key)| (*record, key)).filter(|(record, _)| *record != grant.record);
        for (record, key) in own.chain(others) {
            let never = self.never_of(record).await?;
            let of_them = |(person, what): &&(PersonId, String)| known_as.contains(person) && what == ANYTHING;
            kept.everything |= never.iter().any(|one| of_them(&one));
            let where_too = never.iter().any(|(_, what)| what == WHERE || what == ANYTHING);
            if protected || where_too {
                places.extend(self.child_places(record, key, where_too).await?);
            }
        }
        kept.places = Secrets::of(places.iter().map(String::as_str));
        Ok(kept)
    }

    /// By which identifiers somebody is known who was made twice.
    pub async fn known_as(&self, person: PersonId) -> Result<Vec<PersonId>, StoreError> {
        let sql = "select b.person from same_person a join same_person b on b.one = a.one where a.person = $1";
        let rows = self.query(sql, args![person]).await?;
        let mut all = rows.iter().map(|row| row.parsed(0, "same_person", "person")).collect::<Result<Vec<_>, _>>()?;
        all.push(person);
        Ok(all)
    }

    /// Who must never learn what of the child whose record this is.
    async fn never_of(&self, record: RecordId) -> Result<Vec<(PersonId, String)>, StoreError> {
        let sql =
            "select other, value from fact where record = $1 and kind = $2 and other is not null and from_day <= $3
                   and (until_day is null or until_day > $3)";
        let rows = self.query(sql, args![record, known::MUST_NEVER_LEARN, self.now().day()]).await?;
        rows.iter().map(|row| Ok((row.parsed(0, "fact", "other")?, row.text(1)?))).collect()
    }

    /// Where the child lives or has lived, and where they go to school, as facts say it and not as it is shown.
    async fn child_places(
        &self,
        record: RecordId,
        key: &RecordKey,
        school_too: bool,
    ) -> Result<Vec<String>, StoreError> {
        let pack = self.db.pack();
        let address = pack.facts().filter(|kind| kind.says == Says::Address).map(|kind| kind.id.as_str());
        let kinds: Vec<&str> = address.chain(school_too.then_some(known::SCHOOL)).collect();
        let among = texts_of(self.db.engine(), 2);
        let sql = format!("select {COLUMNS} from fact where record = $1 and kind in ({among})");
        let rows = self.query(sql, args![record, as_json(&kinds)]).await?;
        let facts = rows.iter().map(|row| read_fact(key, row)).collect::<Result<Vec<_>, _>>()?;
        // Of somebody's school it is the child's own alone.
        let holder = self.record_row(record).await?.and_then(|row| row.holder).map(Subject::Person);
        let of_child =
            |fact: &record::fact::Fact| fact.said.line.kind != known::SCHOOL || Some(fact.said.line.subject) == holder;
        Ok(facts.into_iter().filter(of_child).map(|fact| fact.said.value).collect())
    }
}
