//! Every route with what it needs. A route that does not say cannot be written.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    handler::Handler,
    http::Method,
    middleware::from_fn_with_state,
    routing::{MethodRouter, get, post},
};
use policy::Capability;

use crate::{
    App, adoption,
    app::{Site, WithoutData},
    approval, assets, attaching, caseload, checking, codes, conflict, counts, digest, disclosing, emergency,
    error::WebError,
    file_reading, help, looked, notices, open_record, organisation, passkeys, password,
    posted::MOST_BYTES,
    protecting,
    recent::{self, AsksAgain},
    record, recording, restriction, right, searching, security, sessions, sign_in, single_sign_on, staffing, support,
    twice,
};

/// What a route needs before anything else happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: the page is for anybody and shows nobody's data.
    Public,
    /// A session.
    SignedIn,
    /// A capability that concerns no single record.
    Right(Capability),
    /// This capability for the record in the address, by the door.
    Record(Capability),
    /// The capability of the form, for each record that the draft is about; and to be the draft's author.
    OwnDraft,
}

/// A route: how, where, what it needs.
#[derive(Clone, Debug)]
pub struct Route {
    /// GET or POST.
    pub method: Method,
    /// With its parts in braces.
    pub path: &'static str,
    /// What it needs.
    pub needs: Needs,
    /// Whether, beside that, whoever asks must have proved lately who they are: something leaves by it.
    pub recently: bool,
    handler: MethodRouter<Site>,
}

macro_rules! routes {
    ($($method:ident $path:literal $needs:expr => $handler:path),* $(,)?) => {
        vec![$(Route {
            method: routes!(@name $method),
            path: $path,
            needs: $needs,
            recently: routes!(@recently $method),
            handler: routes!(@handler $method $handler),
        }),*]
    };
    (@name get) => { Method::GET };
    (@name post) => { Method::POST };
    (@name get_recently) => { Method::GET };
    (@name post_recently) => { Method::POST };
    (@recently get_recently) => { true };
    (@recently post_recently) => { true };
    (@recently $method:ident) => { false };
    (@handler get_recently $handler:path) => { get(asking_again($handler)) };
    (@handler post_recently $handler:path) => { post(asking_again($handler)) };
    (@handler $method:ident $handler:path) => { $method($handler) };
}

/// Takes a handler only if it asks for somebody who proved lately who they are.
fn asking_again<H: Handler<T, Site>, T: AsksAgain>(handler: H) -> H {
    handler
}

/// Whether a page of this address asks again who somebody is.
pub(crate) fn asks_again(method: &Method, to: &str) -> bool {
    let path = to.split_once('?').map_or(to, |(path, _)| path);
    let fits = |pattern: &str| {
        let mut parts = path.split('/');
        let all = pattern
            .split('/')
            .all(|want| parts.next().is_some_and(|part| part == want || want.starts_with('{') && !part.is_empty()));
        all && parts.next().is_none()
    };
    all().iter().any(|route| route.recently && route.method == *method && fits(route.path))
}

/// The table of all routes.
#[expect(clippy::too_many_lines, reason = "one table of all routes is read as one")]
pub fn all() -> Vec<Route> {
    use Capability::{
        Allocate, AmendEntry, ApprovePolicy, ArrangeCover, AuthoriseEntry, ChangeStaff, DecideConflict,
        DeclareConflict, FollowAdoption, GrantSupport, JoinPeople, LinkAdoption, ManageStaff, MoveEntry,
        OpenInEmergency, OpenOnDuty, OpenRecord, PlanDuty, ReadConfidential, ReadMoved, ReadOrganisation, ReadRecord,
        RecordDecision, RecordEntry, RestrictRecord, RevealAddress, ReviewEmergency, SearchPeople, SeeCounts,
        SeeReadings, SeeTeam, SendObservation,
    };
    use Needs::{OwnDraft, Public, Record, Right, SignedIn};
    routes![
        get "/" SignedIn => caseload::start,
        get "/assets/{name}" Public => assets::show,
        get "/health" Public => help::health,
        get "/sign-in" Public => sign_in::show,
        post "/sign-in" Public => sign_in::enter,
        post "/sign-in/code" Public => codes::enter,
        post "/sign-in/passkey/options" Public => passkeys::ask,
        post "/sign-in/passkey" Public => passkeys::enter,
        post "/sign-in/single-sign-on" Public => single_sign_on::begin,
        get "/sign-in/single-sign-on/back" Public => single_sign_on::back,
        post "/sign-out" SignedIn => sign_in::leave,
        post "/sign-out-everywhere" SignedIn => sign_in::leave_everywhere,
        get "/welcome-back" SignedIn => sign_in::welcome_back,
        post "/welcome-back" SignedIn => sign_in::throw_away,
        get "/account" SignedIn => password::account,
        post "/confirm/options" SignedIn => recent::ask,
        post "/confirm" SignedIn => recent::confirm,
        post "/confirm/single-sign-on" SignedIn => recent::elsewhere,
        get "/account/ways" SignedIn => codes::ways,
        get_recently "/account/code/new" SignedIn => codes::new,
        post_recently "/account/code" SignedIn => codes::add,
        post_recently "/account/code/removal" SignedIn => codes::remove,
        post_recently "/account/sessions/end" SignedIn => sessions::end,
        get_recently "/account/passkeys/new" SignedIn => passkeys::new,
        post_recently "/account/passkeys/options" SignedIn => passkeys::ask_for_new,
        post_recently "/account/passkeys" SignedIn => passkeys::add,
        get "/account/passkeys/{passkey}" SignedIn => passkeys::show,
        post "/account/passkeys/{passkey}" SignedIn => passkeys::rename,
        post_recently "/account/passkeys/{passkey}/removal" SignedIn => passkeys::remove,
        post_recently "/account/single-sign-on" SignedIn => single_sign_on::link,
        post_recently "/account/single-sign-on/removal" SignedIn => single_sign_on::unlink,
        post "/account/digest" SignedIn => digest::change,
        post "/account/notices" SignedIn => notices::seen,
        get "/password" SignedIn => password::show,
        post "/password" SignedIn => password::change,
        get "/help" SignedIn => help::show,
        get "/help/accessibility" Public => help::accessibility,
        get "/my-work" SignedIn => caseload::my_work,
        get "/my-work/children" SignedIn => caseload::mine,
        post "/my-work/read" SignedIn => caseload::mark_seen,
        get "/my-work/owed" SignedIn => caseload::owed::mine,
        get "/team" Right(SeeTeam) => caseload::team,
        get "/team/children" Right(SeeTeam) => caseload::of_team,
        get "/team/owed" Right(SeeTeam) => caseload::owed::of_team,
        get "/team/to-check" Right(SeeTeam) => caseload::to_check,
        get "/team/to-authorise" Right(SeeTeam) => right::authorising::of_teams,
        get "/team/conflicts" Right(DecideConflict) => conflict::likely,
        get "/team/files" Right(SeeTeam) => file_reading::show,
        get "/team/chronologies" Right(SeeTeam) => record::chronologies::overdue,
        get "/team/unallocated" Right(Allocate) => caseload::unallocated,
        post "/team/allocation" Right(Allocate) => caseload::allocate,
        get "/team/staff/{person}" Right(ChangeStaff) => staffing::worker::show,
        get "/team/staff/{person}/cover" Right(ArrangeCover) => staffing::cover::form,
        post "/team/staff/{person}/cover" Right(ArrangeCover) => staffing::cover::arrange,
        post "/team/staff/{person}/cover/end" Right(ArrangeCover) => staffing::cover::end,
        get "/team/staff/{person}/handover" Right(Allocate) => staffing::handover::form,
        post "/team/staff/{person}/handover" Right(Allocate) => staffing::handover::hand_over,
        get "/team/staff/{person}/leaving" Right(ChangeStaff) => staffing::handover::leaving_form,
        post "/team/staff/{person}/leaving" Right(ChangeStaff) => staffing::handover::leave,
        get "/team/staff/{person}/training" Right(ChangeStaff) => staffing::training::show,
        post "/team/staff/{person}/training" Right(ChangeStaff) => staffing::training::add,
        get "/team/staff/{person}/move" Right(ChangeStaff) => staffing::handover::move_form,
        post "/team/staff/{person}/move" Right(ChangeStaff) => staffing::handover::move_to,
        get "/duty" Right(PlanDuty) => staffing::duty::show,
        post "/duty" Right(PlanDuty) => staffing::duty::plan,
        post "/duty/off" Right(PlanDuty) => staffing::duty::off,
        get "/counts" Right(SeeCounts) => counts::recording,
        get "/counts/visits" Right(SeeCounts) => counts::visits,
        get "/counts/unallocated" Right(SeeCounts) => counts::unallocated,
        get "/counts/census" Right(SeeCounts) => counts::census,
        get "/counts/readings" Right(SeeCounts) => counts::readings,
        get "/counts/list" Right(SeeCounts) => counts::list,
        get "/search/words" Right(ReadRecord) => searching::show,
        post "/search/words" Right(ReadRecord) => searching::find,
        get "/records/{record}/search" Record(ReadRecord) => searching::show_in_record,
        post "/records/{record}/search" Record(ReadRecord) => searching::find_in_record,
        post "/people/observation" Right(SendObservation) => open_record::observation,
        post "/people/duty" Right(OpenOnDuty) => staffing::duty::found,
        get "/people/emergency" Right(OpenInEmergency) => emergency::ask,
        post "/people/emergency" Right(OpenInEmergency) => emergency::open,
        get "/people/twice" Right(JoinPeople) => twice::likely,
        get "/people/{person}/twice/{other}" Right(JoinPeople) => twice::compare,
        post "/people/{person}/twice/{other}" Right(JoinPeople) => twice::decide,
        get "/people" Right(SearchPeople) => open_record::search,
        post "/people" Right(SearchPeople) => open_record::found,
        post "/records/new" Right(OpenRecord) => open_record::form,
        post "/records" Right(OpenRecord) => open_record::open,
        get "/records/{record}" Record(ReadRecord) => record::front_page::show,
        get "/records/{record}/front-sheet" Record(ReadRecord) => record::front_page::sheet,
        get "/records/{record}/front-sheet/print" Record(ReadRecord) => record::print::ask_sheet,
        post_recently "/records/{record}/front-sheet/print" Record(ReadRecord) => record::print::sheet,
        get "/records/{record}/chronology" Record(ReadRecord) => record::chronology::show,
        get "/records/{record}/chronologies" Record(ReadRecord) => record::chronologies::all,
        get "/records/{record}/chronologies/{entry}" Record(ReadRecord) => record::chronologies::show,
        get "/records/{record}/chronologies/{entry}/events" Record(ReadRecord) => record::chronologies::choose,
        get "/records/{record}/chronologies/{entry}/print" Record(ReadRecord) => record::print::ask_made_chronology,
        post_recently "/records/{record}/chronologies/{entry}/print" Record(ReadRecord) => record::print::made_chronology,
        post "/records/{record}/chronologies/{entry}/rows" Record(RecordEntry) => record::chronologies::row,
        get "/records/{record}/chronology/print" Record(ReadRecord) => record::print::ask_chronology,
        post_recently "/records/{record}/chronology/print" Record(ReadRecord) => record::print::chronology,
        get "/records/{record}/story" Record(ReadRecord) => record::story::show,
        get "/records/{record}/entries/{entry}" Record(ReadRecord) => record::entry::show,
        get "/records/{record}/entries/{entry}/files/{file}" Record(ReadRecord) => attaching::of_entry,
        get "/records/{record}/entries/{entry}/files/{file}/picture" Record(ReadRecord) => attaching::picture_of_entry,
        get "/records/{record}/entries/{entry}/amendment" Record(AmendEntry) => right::amending::begin,
        post "/records/{record}/entries/{entry}/approval" Record(ReadRecord) => right::amending::answer,
        get "/records/{record}/entries/{entry}/again" Record(ReadRecord) => right::amending::begin,
        post "/records/{record}/entries/{entry}/authorisation" Record(AuthoriseEntry) => right::authorising::answer,
        get "/records/{record}/entries/{entry}/move" Record(MoveEntry) => right::moving::ask,
        post "/records/{record}/entries/{entry}/move" Record(MoveEntry) => right::moving::go,
        get "/records/{record}/entries/{entry}/trace" Record(ReadMoved) => right::moving::trace,
        get "/records/{record}/entries/{entry}/answer" Record(AmendEntry) => right::asking::ask,
        post "/records/{record}/entries/{entry}/answer" Record(AmendEntry) => right::asking::answer,
        get "/records/{record}/entries/{entry}/print" Record(ReadRecord) => record::print::ask_entry,
        post_recently "/records/{record}/entries/{entry}/print" Record(ReadRecord) => record::print::entry,
        get "/records/{record}/emergencies/{entry}" Record(ReviewEmergency) => emergency::look,
        post "/records/{record}/emergencies/{entry}" Record(ReviewEmergency) => emergency::review,
        get "/records/{record}/addresses" Record(RevealAddress) => protecting::ask,
        post_recently "/records/{record}/addresses" Record(RevealAddress) => protecting::reveal,
        get "/records/{record}/disclosure" Record(RecordEntry) => disclosing::ask,
        post "/records/{record}/disclosure" Record(RecordEntry) => disclosing::go_on,
        post_recently "/records/{record}/disclosure/paper" Record(RecordEntry) => disclosing::make,
        get "/records/{record}/confidential" Record(ReadConfidential) => record::confidential::show,
        get "/records/{record}/confidential/{entry}" Record(ReadConfidential) => record::confidential::one,
        get "/records/{record}/confidential/{entry}/files/{file}" Record(ReadConfidential) => attaching::of_section,
        get "/records/{record}/confidential/{entry}/files/{file}/picture" Record(ReadConfidential) => attaching::picture_of_section,
        get "/looked" Right(SeeReadings) => looked::all,
        get "/looked/{reader}/{about}" Right(SeeReadings) => looked::show,
        post "/looked/{reader}/{about}" Right(SeeReadings) => looked::answer,
        get "/restricted" Right(RestrictRecord) => restriction::all,
        get "/records/{record}/restriction" Record(RestrictRecord) => restriction::show,
        get "/records/{record}/restriction/{step}" Record(RestrictRecord) => restriction::ask,
        post "/records/{record}/restriction/{step}" Record(RestrictRecord) => restriction::take,
        get "/records/{record}/restriction/named/{entry}" Record(RestrictRecord) => restriction::ask_end,
        post "/records/{record}/restriction/named/{entry}" Record(RestrictRecord) => restriction::end,
        get "/records/{record}/adoption" Record(LinkAdoption) => adoption::begin,
        post "/records/{record}/adoption" Record(LinkAdoption) => adoption::record,
        get "/records/{record}/adoption/before" Record(FollowAdoption) => adoption::ask_before,
        post_recently "/records/{record}/adoption/before" Record(FollowAdoption) => adoption::follow_before,
        get "/records/{record}/adoption/after" Record(FollowAdoption) => adoption::ask_after,
        post_recently "/records/{record}/adoption/after" Record(FollowAdoption) => adoption::follow_after,
        get "/support" Right(GrantSupport) => support::all,
        get "/records/{record}/support" Record(GrantSupport) => support::show,
        post "/records/{record}/support" Record(GrantSupport) => support::open,
        post "/records/{record}/support/{entry}" Record(GrantSupport) => support::end,
        get "/records/{record}/conflict" Record(DeclareConflict) => conflict::ask,
        post "/records/{record}/conflict" Record(DeclareConflict) => conflict::declare,
        get "/records/{record}/family" Record(ReadRecord) => record::family::show,
        post "/records/{record}/family" Record(ReadRecord) => record::family::found,
        post "/records/{record}/people" Record(RecordEntry) => record::family::new_person,
        get "/records/{record}/people/{person}" Record(ReadRecord) => record::person::show,
        get "/records/{record}/contents" Record(ReadRecord) => record::contents::show,
        get "/records/{record}/owed" Record(ReadRecord) => record::owed::show,
        get "/records/{record}/owed/decision" Record(RecordDecision) => record::owed::ask,
        post "/records/{record}/owed/decision" Record(RecordDecision) => record::owed::decide,
        get "/records/{record}/decisions" Record(ReadRecord) => record::register::decisions,
        get "/records/{record}/words" Record(ReadRecord) => record::register::words,
        get "/records/{record}/workers" Record(ReadRecord) => record::register::workers,
        get "/records/{record}/readings" Record(SeeReadings) => record::readings::show,
        post "/records/{record}/duty" Record(OpenOnDuty) => staffing::duty::open,
        get "/records/{record}/new" Record(ReadRecord) => recording::choose,
        post "/records/{record}/drafts" Record(RecordEntry) => recording::begin,
        get "/records/{record}/new/{form}" Record(RecordEntry) => recording::blank,
        get "/drafts/{draft}" OwnDraft => recording::show,
        post "/drafts/{draft}" OwnDraft => recording::send,
        post "/drafts/{draft}/autosave" OwnDraft => recording::autosave,
        get "/drafts/{draft}/aside" OwnDraft => recording::aside,
        get "/drafts/{draft}/check" OwnDraft => checking::show,
        get "/drafts/{draft}/done" OwnDraft => recording::done,
        get "/drafts/{draft}/files" OwnDraft => attaching::ask,
        post "/drafts/{draft}/files" OwnDraft => attaching::send,
        get "/drafts/{draft}/files/{file}" OwnDraft => attaching::of_draft,
        get "/drafts/{draft}/files/{file}/picture" OwnDraft => attaching::picture_of_draft,
        get "/organisation/policy" Right(ReadOrganisation) => approval::show,
        get "/organisation/policy/{version}" Right(ReadOrganisation) => approval::version::show,
        get "/organisation/policy/{version}/forms/{form}" Right(ReadOrganisation) => approval::version::form,
        get "/organisation/policy/{version}/lists/{list}" Right(ReadOrganisation) => approval::version::list,
        get "/organisation/policy/{version}/changes" Right(ReadOrganisation) => approval::changes::show,
        get "/organisation/policy/{version}/simulation" Right(ReadOrganisation) => approval::simulating::ask,
        post "/organisation/policy/{version}/simulation" Right(ReadOrganisation) => approval::simulating::show,
        post "/organisation/policy/{version}/approval" Right(ApprovePolicy) => approval::changes::approve,
        get "/organisation" Right(ManageStaff) => organisation::show,
        get "/organisation/staff/new" Right(ManageStaff) => organisation::new_staff,
        get "/organisation/staff/{person}" Right(ManageStaff) => organisation::edit_staff,
        post "/organisation/staff" Right(ManageStaff) => organisation::save_staff,
        post "/organisation/staff/{person}" Right(ManageStaff) => organisation::save_known_staff,
        post_recently "/organisation/staff/{person}/password" Right(ManageStaff) => organisation::reset_password,
        post_recently "/organisation/staff/{person}/ways" Right(ManageStaff) => organisation::remove_ways,
        post_recently "/organisation/staff/{person}/identity" Right(ManageStaff) => single_sign_on::set,
        post_recently "/organisation/staff/{person}/identity/removal" Right(ManageStaff) => single_sign_on::remove,
        post "/organisation/staff/{person}/account" Right(ManageStaff) => organisation::wake_account,
        get "/organisation/support/new" Right(ManageStaff) => support::new_person,
        get "/organisation/support/{person}" Right(ManageStaff) => support::edit_person,
        post "/organisation/support" Right(ManageStaff) => support::save_new,
        post "/organisation/support/{person}" Right(ManageStaff) => support::save_person,
        get "/organisation/teams/new" Right(ManageStaff) => organisation::new_team,
        get "/organisation/teams/{team}" Right(ManageStaff) => organisation::edit_team,
        post "/organisation/teams" Right(ManageStaff) => organisation::save_team,
        post "/organisation/teams/{team}" Right(ManageStaff) => organisation::save_known_team,
    ]
}

/// The router over this application.
pub fn router(app: App) -> Router {
    let mut router = Router::new();
    for route in all() {
        // A file is counted as it comes, by the rules for files; what is too large is refused on a page that says so.
        let takes_files = route.method == Method::POST && route.path.ends_with("/files");
        let handler = if takes_files { route.handler.layer(DefaultBodyLimit::disable()) } else { route.handler };
        router = router.route(route.path, handler);
    }
    router
        .fallback(missing)
        .layer(axum::middleware::from_fn(security::to_the_end))
        .layer(from_fn_with_state(app.clone(), security::same_site))
        .layer(from_fn_with_state(app.clone(), security::headers))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .with_state(Site(app))
}

async fn missing(WithoutData(app): WithoutData) -> axum::response::Response {
    WebError::NotFound.response(&app, None)
}
