//! The child before and the child after an adoption, in the database: the sealed links between their records, who may follow
//! one, and what keeps the two apart wherever people are looked for or compared.
//!
//! A link stands in `not_standing` from its first moment (`apart`), so that no query over entries has it; and whatever reads
//! an entry leaves its words out (`entries::read_of`). What it says is opened here and in `verify`, nowhere else.

use std::collections::{BTreeMap, BTreeSet};

use policy::{Capability, form::RecordKind};
use record::{
    PersonId, RecordId,
    access::Refusal,
    adoption::{Link, Side},
    right::Fate,
};

use crate::{
    door::{Action, Grant, Refused, Tx, Write},
    engine::{StoreError, args, as_json, texts_of},
    entries::read_entry,
    people::OwnRecord,
};

/// Going from the record before an adoption to the one after it, or back. It is asked at both.
#[derive(Clone, Copy, Debug)]
pub struct FollowAdoption;
impl Action for FollowAdoption {
    fn capability(&self) -> Capability {
        Capability::FollowAdoption
    }
    fn name(&self) -> &'static str {
        "follow-adoption"
    }
    const CHANGES: bool = false;
    /// A link is of one record, not of others of the same child.
    const FOLLOWS: bool = false;
}

impl Tx {
    /// Opens the record after an adoption, of a person who is made with it: for whoever may link the one before.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for a grant of anything else.
    pub fn open_after_adoption(
        &self,
        (record, child): (RecordId, PersonId),
        before: &Grant<'_, Write>,
    ) -> Result<Grant<'_, Write>, Refused> {
        if before.action().0 != Capability::LinkAdoption {
            return Err(Refused::NoRight);
        }
        self.make_person(child);
        Ok(self.new_record(record, RecordKind::Child, Some(child), before.action())?)
    }

    /// Whether this record has a record after an adoption already: a child who is adopted again is adopted from that one.
    pub async fn has_record_after<A: Action>(&self, before: &Grant<'_, A>) -> Result<bool, StoreError> {
        let links = self.sealed_links(&[before.record()]).await?;
        Ok(links.values().flatten().any(|link| link.other_is == Side::After))
    }

    /// Whether this record is the one before or after an adoption already: then nobody is led to record another order.
    pub async fn is_linked<A: Action>(&self, record: &Grant<'_, A>) -> Result<bool, StoreError> {
        Ok(!self.sealed_links(&[record.record()]).await?.is_empty())
    }

    /// Where somebody may go from a record that is open to them: nowhere, where the other one is closed to them. Whoever is
    /// shown nothing learns nothing, not even that there is a link.
    pub async fn adoptions_to_follow<A: Action>(&self, here: &Grant<'_, A>) -> Result<BTreeSet<Side>, StoreError> {
        // Both records are restricted from the moment at which there are two.
        if here.situation().restriction.is_none() || !self.may(Capability::FollowAdoption, here).await? {
            return Ok(BTreeSet::new());
        }
        let links = self.sealed_links(&[here.record()]).await?;
        let links: Vec<Link> = links.into_values().flatten().collect();
        let open = self.open_to_follow(&links).await?;
        Ok(links.into_iter().filter(|link| open.contains(&link.other)).map(|link| link.other_is).collect())
    }

    /// The record on the other side of an adoption, for whoever may follow the link in both. Each has the leaf.
    ///
    /// # Errors
    /// [`Refused::Closed`] where there is no such link, and for whom one of the two is closed: the other record has no leaf
    /// of it then, since that would tell there who knows this child.
    pub async fn follow_adoption(&self, record: RecordId, to: Side, why: &str) -> Result<RecordId, Refused> {
        drop(self.authorise(FollowAdoption, record, why).await?);
        let links: Vec<Link> = self.sealed_links(&[record]).await?.into_values().flatten().collect();
        let open = self.open_to_follow(&links).await?;
        let Some(link) = links.iter().find(|link| link.other_is == to && open.contains(&link.other)) else {
            self.refuse(FollowAdoption.name(), Some(record), Refusal::NoRelation.name()).await?;
            return Err(Refused::Closed);
        };
        drop(self.authorise(FollowAdoption, link.other, why).await?);
        Ok(link.other)
    }

    /// Those of the other records in which this person may follow a link as well.
    async fn open_to_follow(&self, links: &[Link]) -> Result<BTreeSet<RecordId>, StoreError> {
        let others: Vec<RecordId> = links.iter().map(|link| link.other).collect();
        self.may_in(Capability::FollowAdoption, &others).await
    }

    /// The links that are sealed in these records, by the record in which they stand.
    async fn sealed_links(&self, records: &[RecordId]) -> Result<BTreeMap<RecordId, Vec<Link>>, StoreError> {
        if records.is_empty() {
            return Ok(BTreeMap::new());
        }
        let among = texts_of(self.db.engine(), 1);
        let sql = format!(
            "select e.id, e.act, v.version, v.form_hash, v.sealed, e.record, r.wrapped_key from not_standing n
             join entry e on e.id = n.entry join entry_version v on v.entry = e.id and v.version = e.version
             join record r on r.id = e.record where n.record in ({among}) and n.how = '{}' order by e.id",
            Fate::Apart.name()
        );
        let mut links: BTreeMap<RecordId, Vec<Link>> = BTreeMap::new();
        for row in self.query(sql, args![as_json(records)]).await? {
            let record: RecordId = row.parsed(5, "entry", "record")?;
            let key = self.db.keys().unwrap(record, &row.blob(6)?)?;
            let content = read_entry(&key, record, &row)?.content;
            let inconsistent = StoreError::Inconsistent { table: "entry_version", column: "sealed" };
            links.entry(record).or_default().push(Link::of(&content).ok_or(inconsistent)?);
        }
        Ok(links)
    }

    /// Of whom of these, each with a record of theirs, that record was linked by an adoption.
    pub(crate) async fn adopted(&self, own: &[OwnRecord]) -> Result<BTreeSet<PersonId>, StoreError> {
        let records: Vec<RecordId> = own.iter().map(|own| own.record).collect();
        let links = self.sealed_links(&records).await?;
        Ok(own.iter().filter(|own| links.contains_key(&own.record)).map(|own| own.person).collect())
    }

    /// Who of these are one child before and after an adoption. For keeping the two apart alone: nobody is shown it.
    pub(crate) async fn adopted_pairs(&self, own: &[OwnRecord]) -> Result<BTreeSet<(PersonId, PersonId)>, StoreError> {
        let records: Vec<RecordId> = own.iter().map(|own| own.record).collect();
        let links = self.sealed_links(&records).await?;
        let mut pairs = BTreeSet::new();
        for a in own {
            for link in links.get(&a.record).into_iter().flatten() {
                let others = own.iter().filter(|b| b.record == link.other && b.person != a.person);
                pairs.extend(others.map(|b| (a.person.min(b.person), a.person.max(b.person))));
            }
        }
        Ok(pairs)
    }
}
