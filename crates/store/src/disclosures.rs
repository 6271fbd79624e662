//! What must be kept from whoever is given something from a record: asked of its facts, and shown to nobody.

use policy::fact::Says;
use record::{PersonId, disclosure::Secrets, known};

use crate::{
    door::{Action, Grant, Tx},
    engine::{StoreError, args, as_json, texts_of},
    facts::COLUMNS,
    same::ONE_PERSON,
};

/// What must be kept from somebody.
#[derive(Debug, Default)]
pub struct KeptFrom {
    /// Everything: they must never learn anything of the child.
    pub everything: bool,
    /// Words that tell where the child lives, or has lived, or goes to school.
    pub places: Secrets,
}

impl Tx {
    /// What must be kept from this person in what they are given from the records that are read. Where an address of a
    /// record is protected, it is kept from everybody: from whom else it would come to whom it is protected from nobody can
    /// say.
    pub async fn kept_back_from<A: Action>(
        &self,
        grant: &Grant<'_, A>,
        recipient: PersonId,
    ) -> Result<KeptFrom, StoreError> {
        let never = self.current_of(grant, &[known::MUST_NEVER_LEARN]).await?;
        let never: Vec<_> = never.into_iter().filter(|fact| fact.said.other == Some(recipient)).collect();
        let everything = never.iter().any(|fact| fact.said.value == EVERYTHING);
        let school = never.iter().any(|fact| fact.said.value == WHERE);
        if !grant.situation().protected && !school {
            return Ok(KeptFrom { everything, places: Secrets::default() });
        }
        let pack = self.db.pack();
        let address = pack.facts().filter(|kind| kind.says == Says::Address).map(|kind| kind.id.as_str());
        let kinds: Vec<&str> = address.chain(school.then_some(known::SCHOOL)).collect();
        let mut args = args![as_json(&kinds)];
        let (read, among) = (grant.is_read("record", &mut args), texts_of(self.db.engine(), 1));
        let sql = format!("select {COLUMNS}, s.one, o.one from fact {ONE_PERSON} where {read} and kind in ({among})");
        let facts = self.query(sql, args).await?;
        // As they are, and not as they are shown: nothing of it leaves but whether a text tells it.
        let facts = facts.iter().map(|row| grant.read_as_one(row)).collect::<Result<Vec<_>, _>>()?;
        Ok(KeptFrom { everything, places: Secrets::of(facts.iter().map(|fact| fact.said.value.as_str())) })
    }
}

/// The code of the pack for «anything about the child».
const EVERYTHING: &str = "anything";
/// The code for «where the child lives or goes to school».
const WHERE: &str = "where";
