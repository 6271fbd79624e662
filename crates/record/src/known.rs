//! The kinds of fact that the program itself reads. A pack may have more; these it must have.

/// A person's full name (shared by every record that names them).
pub const NAME: &str = "name";
/// What they like to be called.
pub const PREFERRED_NAME: &str = "preferred-name";
/// A name that they had before.
pub const FORMER_NAME: &str = "former-name";
/// Date of birth.
pub const BIRTH: &str = "birth";
/// Expected date of birth of a child not yet born.
pub const EXPECTED_BIRTH: &str = "expected-birth";
/// Date of death.
pub const DEATH: &str = "death";
/// Sex.
pub const SEX: &str = "sex";
/// Gender.
pub const GENDER: &str = "gender";
/// Ethnicity.
pub const ETHNICITY: &str = "ethnicity";
/// Religion.
pub const RELIGION: &str = "religion";
/// Languages.
pub const LANGUAGE: &str = "language";
/// Disability.
pub const DISABILITY: &str = "disability";
/// Communication needs.
pub const COMMUNICATION: &str = "communication-needs";
/// NHS number.
pub const NHS_NUMBER: &str = "nhs-number";
/// Unique pupil number.
pub const UPN: &str = "upn";
/// School.
pub const SCHOOL: &str = "school";
/// Telephone numbers.
pub const TELEPHONE: &str = "telephone";
/// Home address (sealed).
pub const ADDRESS: &str = "address";
/// Whether the address must be kept from somebody.
pub const ADDRESS_PROTECTED: &str = "address-protected";
/// Who was shown the protected addresses of the record.
pub const ADDRESSES_SHOWN: &str = "addresses-shown";
/// When details were last checked with somebody.
pub const DETAILS_CHECKED: &str = "details-checked";
/// That a person was made twice, and who stands for both.
pub const SAME_PERSON: &str = "same-person";
/// What somebody is to a person.
pub const RELATIONSHIP: &str = "relationship";
/// Who has parental responsibility.
pub const PARENTAL_RESPONSIBILITY: &str = "parental-responsibility";
/// Who lives in the household.
pub const HOUSEHOLD_MEMBER: &str = "household-member";
/// Legal status.
pub const LEGAL_STATUS: &str = "legal-status";
/// Placement.
pub const PLACEMENT: &str = "placement";
/// Where the placement is (sealed).
pub const PLACEMENT_ADDRESS: &str = "placement-address";
/// Who the record is allocated to.
pub const ALLOCATED_WORKER: &str = "allocated-worker";
/// Who stands in for the worker, until when (the other person of the fact is the worker).
pub const COVERED_BY: &str = "covered-by";
/// Whether the worker has the child only until somebody is allocated.
pub const UNTIL_ALLOCATED: &str = "until-allocated";
/// A visit that is planned, with its moment; the other person is who will visit.
pub const PLANNED_VISIT: &str = "planned-visit";
/// That somebody asked for an entry to be put right, and has no answer yet.
pub const CORRECTION_ASKED: &str = "correction-asked";
/// Who has opened the record while on duty out of hours.
pub const OPENED_ON_DUTY: &str = "opened-on-duty";
/// An opening in an emergency, its moment, until it is reviewed; the other person is who opened it. A pack may do without
/// this kind and the next ones.
pub const OPENED_IN_EMERGENCY: &str = "opened-in-emergency";
/// That the record is open to somebody of support, and until which moment; the other person is who that is.
pub const OPENED_TO_SUPPORT: &str = "opened-to-support";
/// What somebody of support is called.
pub const SUPPORT_NAME: &str = "support-name";
/// For whom somebody of support works.
pub const SUPPORT_OF: &str = "support-of";
/// That the record is restricted to few: the kind of restriction.
pub const RESTRICTION: &str = "restriction";
/// Whom a decision named among those few.
pub const RESTRICTED_TO: &str = "restricted-to";
/// What is kept in the confidential section, and why: told apart by the entry.
pub const KEPT_CONFIDENTIAL: &str = "kept-confidential";
/// Who must never learn what of the child: the other person of the fact, and what.
pub const MUST_NEVER_LEARN: &str = "must-never-learn";
/// That somebody consents to something.
pub const CONSENT: &str = "consent";
/// That something may be given to somebody, as a decision says.
pub const MAY_BE_GIVEN: &str = "may-be-given";
/// That it goes to whose record it is by that decision, and to nobody else.
pub const GIVEN_TO_HOLDER_ALONE: &str = "given-to-holder-alone";
/// Who must not see the record.
pub const CONFLICT: &str = "conflict";
/// Of whom a manager found that they do not know the family.
pub const NO_CONFLICT: &str = "no-conflict";
/// What a member of staff has learned or read.
pub const TRAINED: &str = "trained";
/// Who uses the record for something else than the work with the child, as an entry says.
pub const RECORD_USED_BY: &str = "record-used-by";
/// That somebody was asked about what they looked at: which record, and up to which moment.
pub const READING_ASKED: &str = "reading-asked";
/// Which team it is allocated to.
pub const ALLOCATED_TEAM: &str = "allocated-team";
/// Who holds the file (R-PPL-12).
pub const FILE_HOLDER: &str = "file-holder";
/// Open or closed.
pub const RECORD_STATUS: &str = "record-status";
/// When the child was last seen.
pub const LAST_SEEN: &str = "last-seen";
/// The day on which a manager last read the file.
pub const FILE_READ: &str = "file-read";
/// When the child was last seen alone.
pub const LAST_SEEN_ALONE: &str = "last-seen-alone";
/// The child's latest words (sealed).
pub const CHILD_WORDS: &str = "child-words";
/// A member of staff's full name, as it stands under what they write.
pub const STAFF_NAME: &str = "staff-name";
/// A member of staff's designation.
pub const DESIGNATION: &str = "designation";
/// Whether they work here.
pub const ACCOUNT_STATUS: &str = "account-status";
/// The shift on which they are on duty out of hours: its hours as `1700-0830`, from the day on which it begins.
pub const DUTY_SHIFT: &str = "duty-shift";
/// Their roles, parted by spaces.
pub const STAFF_ROLE: &str = "staff-role";
/// Their team.
pub const STAFF_TEAM: &str = "staff-team";
/// A team's name.
pub const TEAM_NAME: &str = "team-name";
/// A team's manager.
pub const TEAM_MANAGER: &str = "team-manager";
/// The service that a team belongs to.
pub const TEAM_SERVICE: &str = "team-service";
/// Which version of the pack the organisation works by: the hash of its text, in hexadecimal digits.
pub const POLICY_IN_FORCE: &str = "policy-in-force";

/// What a manager decided about one obligation, by its name: that the other person does it now; where there is none,
/// that it need not be done.
pub const OBLIGATION_DECIDED: &str = "obligation-decided";

/// All of them.
pub const FACTS: [&str; 52] = [
    NAME,
    PREFERRED_NAME,
    FORMER_NAME,
    BIRTH,
    EXPECTED_BIRTH,
    DEATH,
    SEX,
    GENDER,
    ETHNICITY,
    RELIGION,
    LANGUAGE,
    DISABILITY,
    COMMUNICATION,
    NHS_NUMBER,
    UPN,
    SCHOOL,
    TELEPHONE,
    ADDRESS,
    ADDRESS_PROTECTED,
    ADDRESSES_SHOWN,
    DETAILS_CHECKED,
    SAME_PERSON,
    RELATIONSHIP,
    PARENTAL_RESPONSIBILITY,
    HOUSEHOLD_MEMBER,
    LEGAL_STATUS,
    PLACEMENT,
    PLACEMENT_ADDRESS,
    ALLOCATED_WORKER,
    COVERED_BY,
    UNTIL_ALLOCATED,
    PLANNED_VISIT,
    CORRECTION_ASKED,
    OPENED_ON_DUTY,
    ALLOCATED_TEAM,
    FILE_HOLDER,
    RECORD_STATUS,
    LAST_SEEN,
    FILE_READ,
    LAST_SEEN_ALONE,
    CHILD_WORDS,
    STAFF_NAME,
    DESIGNATION,
    ACCOUNT_STATUS,
    DUTY_SHIFT,
    STAFF_ROLE,
    STAFF_TEAM,
    TEAM_NAME,
    TEAM_MANAGER,
    TEAM_SERVICE,
    POLICY_IN_FORCE,
    OBLIGATION_DECIDED,
];

/// The forms with which the program itself writes, or which it knows when it reads. A pack may have more; these it must
/// have.
pub const FORMS: [&str; 20] = [
    "allocation",
    "amendment-approval",
    "correction-answer",
    "correction-request",
    "cover",
    "cover-end",
    "duty",
    "duty-off",
    "duty-opening",
    "leaver",
    "moved-away",
    "mover",
    "obligation-given",
    "obligation-waived",
    "opening",
    "person",
    "policy-in-force",
    "staff",
    "team",
    "visit",
];

/// What a pack lacks without which the program cannot work, each with its remedy.
pub fn wanting(pack: &policy::Pack) -> Vec<String> {
    let forms = FORMS.into_iter().filter(|form| pack.form(form).is_none()).map(|form| {
        format!("the program needs the form `{form}`, and this pack has none; add forms/{form}.toml, or let the pack extend one that has it")
    });
    let facts = FACTS.into_iter().filter(|fact| pack.fact(fact).is_none()).map(|fact| {
        format!("the program needs the kind of fact `{fact}`, and this pack has none; add it to facts.toml, or let the pack extend one that has it")
    });
    let manages = |role: &policy::role::Role| role.may.iter().any(|(may, _)| *may == policy::Capability::ManageStaff);
    let nobody = (!pack.roles().any(manages)).then(|| {
        let may = policy::Capability::ManageStaff.name();
        format!("no role has `{may}`, and whoever begins a record needs one that has; give it to a role in roles.toml")
    });
    forms.chain(facts).chain(nobody).collect()
}
