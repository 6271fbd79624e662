//! The frame of a page: header, navigation, whose record it is, footer.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{Html as HtmlResponse, IntoResponse as _, Response},
};
use casework::reading::Header as RecordHeader;
use govuk::{
    Content, ErrorLink, ErrorSummary, Footer, FooterLink, FooterMeta, Header, Html, NavigationItem, Page, PhaseBanner,
    ServiceNavigation, SkipLink,
};
use policy::Capability;
use record::read::{FieldProblem, NOT_OFFERED};

use crate::{App, assets, form::box_id, notices, session::SignedIn, words};

/// A page being put together.
pub struct Frame<'a> {
    app: &'a App,
    who: Option<&'a SignedIn>,
    title: String,
    banner: Html,
    scripts: Vec<String>,
    problems: Vec<FieldProblem>,
    path: &'static str,
}

/// The bar that says whose record one is in.
#[derive(Template)]
#[template(path = "record_bar.html")]
struct RecordBar<'a> {
    header: &'a RecordHeader,
    name: String,
    age: String,
    full: String,
    current: &'static str,
    may_record: bool,
    /// Whether whoever reads may search in it: support may not.
    may_search: bool,
    confidential: &'a str,
}

impl<'a> Frame<'a> {
    /// A page of a signed-in person. Titles say what the page is, never whom it is about.
    pub fn new(app: &'a App, who: &'a SignedIn, title: &str) -> Self {
        Self { who: Some(who), ..Self::of_nobody(app, title) }
    }

    /// A page for anybody.
    pub fn of_nobody(app: &'a App, title: &str) -> Self {
        Self {
            app,
            who: None,
            title: title.to_owned(),
            banner: Html::default(),
            scripts: Vec::new(),
            problems: Vec::new(),
            path: "",
        }
    }

    /// With the script that saves what is typed.
    #[must_use]
    pub fn writing(mut self) -> Self {
        self.scripts.push(assets::writing());
        self
    }

    /// With the script that asks the browser for a passkey.
    #[must_use]
    pub fn passkeys(mut self) -> Self {
        self.scripts.push(assets::passkey());
        self
    }

    /// Which entry of the navigation it is.
    #[must_use]
    pub const fn at(mut self, path: &'static str) -> Self {
        self.path = path;
        self
    }

    /// In this record: the bar under the header, `current` being the tab that is open.
    #[must_use]
    pub fn in_record(mut self, header: &RecordHeader, current: &'static str) -> Self {
        let today = self.app.db().now().day();
        let full =
            header.who.name.clone().filter(|name| Some(name) != header.who.preferred.as_ref()).unwrap_or_default();
        let bar = RecordBar {
            header,
            name: header.called().to_owned(),
            full: if header.who.preferred.is_some() { full } else { String::new() },
            age: words::age_and_birth(&header.who, today),
            current,
            confidential: self.app.db().pack().word("confidential"),
            may_search: self.who.is_none_or(|who| !who.session.support),
            may_record: self.who.is_some_and(|who| {
                who.may.iter().any(|may| {
                    matches!(
                        may,
                        Capability::RecordEntry
                            | Capability::RecordDecision
                            | Capability::CloseRecord
                            | Capability::Allocate
                    )
                })
            }),
        };
        self.banner = Html::trusted(bar.to_string());
        self
    }

    /// What must be put right: the summary above the heading, each line leading to its box.
    #[must_use]
    pub fn problems(mut self, problems: &[FieldProblem]) -> Self {
        log_what_no_page_offers(problems);
        self.problems = problems.to_vec();
        self
    }

    /// The whole page around its main part. Where something must be put right, its status says so.
    pub fn page(self, main: &impl std::fmt::Display) -> Response {
        let status = if self.problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        (status, HtmlResponse(self.html(main))).into_response()
    }

    fn html(self, main: &impl std::fmt::Display) -> String {
        let mut header = Html::default();
        header.push(&Header { product: "Lifestory".into(), href: "/".to_owned(), ..Header::default() });
        header.push(&self.navigation());
        if let Some(banner) = &self.app.config().banner {
            let tag = govuk::Tag::new("Demonstration", govuk::TagColour::Grey);
            let phase = PhaseBanner { tag, content: Content::from(banner.as_str()), ..PhaseBanner::default() };
            header.push(&Html::trusted(format!("<div class=\"govuk-width-container\">{phase}</div>")));
        }
        if let Some(who) = self.who.filter(|who| who.session.support) {
            let tag = govuk::Tag::new("Support", govuk::TagColour::Orange);
            let ends = record::time::time_in_words(who.session.ends.london().time());
            let text = format!(
                "You are signed in as support: to read what was opened to you, until {ends}. Each page that you open is kept."
            );
            let phase = PhaseBanner { tag, content: Content::from(text.as_str()), ..PhaseBanner::default() };
            header.push(&Html::trusted(format!("<div class=\"govuk-width-container\">{phase}</div>")));
        }
        let mut whole = Html::default();
        if !self.problems.is_empty() {
            whole.push(&ErrorSummary {
                items: self
                    .problems
                    .iter()
                    .map(|problem| ErrorLink::new(problem.message.as_str(), &box_id(&problem.at)))
                    .collect(),
                ..ErrorSummary::default()
            });
        }
        whole.push(&Html::trusted(main.to_string()));
        let mut before_main = self.banner.clone();
        before_main.push(&self.who.map(notices::banner).unwrap_or_default());
        let error = if self.problems.is_empty() { "" } else { "Error: " };
        let page = Page {
            title: format!("{error}{} – Lifestory", self.title),
            stylesheets: vec![assets::style()],
            icon: assets::icon(),
            app_script: assets::app(),
            scripts: self.scripts.clone(),
            skip_link: SkipLink {
                content: "Skip to main content".into(),
                href: "#main-content".to_owned(),
                ..SkipLink::default()
            },
            header,
            before_main,
            main: whole,
            footer: Html::of(&footer()),
            ..Page::default()
        };
        page.to_string()
    }

    fn navigation(&self) -> ServiceNavigation {
        let mut navigation =
            ServiceNavigation { label: "Menu of Lifestory".to_owned(), ..ServiceNavigation::default() };
        let Some(who) = self.who else { return navigation };
        let item = |text: &str, href: &'static str| NavigationItem {
            current: self.path == href,
            ..NavigationItem::new(text, href)
        };
        let may = |capability| who.may.contains(&capability);
        navigation.items = vec![item("My work", "/my-work")];
        if may(Capability::SeeTeam) {
            navigation.items.push(item("My team", "/team"));
        }
        if may(Capability::SearchPeople) {
            navigation.items.push(item(
                if may(Capability::OpenRecord) { "Find or open a record" } else { "Find a record" },
                "/people",
            ));
        }
        if may(Capability::ManageStaff) {
            navigation.items.push(item("Staff and teams", "/organisation"));
        }
        if may(Capability::ReadOrganisation) {
            navigation.items.push(item("Policy", "/organisation/policy"));
        }
        navigation.items.extend([item("Help", "/help"), item("My account", "/account")]);
        let token = who.session.token.as_str();
        navigation.slots.navigation_end = Html::trusted(format!(
            "<li class=\"govuk-service-navigation__item\"><form method=\"post\" action=\"/sign-out\"><input type=\"hidden\" name=\"_token\" value=\"{token}\">\
             <button class=\"ls-link-button\">Sign out</button></form></li>"
        ));
        navigation
    }
}

fn footer() -> Footer {
    let link = |text: &str, href: &str| FooterLink::new(text, href);
    let meta = FooterMeta {
        items: vec![link("Writing help", "/help"), link("Accessibility", "/help/accessibility")],
        ..FooterMeta::default()
    };
    Footer { meta: Some(meta), ..Footer::default() }
}

/// A page that says one thing.
pub fn message(app: &App, who: Option<&SignedIn>, title: &str, text: &str) -> Response {
    let main = Html::trusted(format!(
        "<h1 class=\"govuk-heading-l\">{}</h1><p class=\"govuk-body\">{}</p><p class=\"govuk-body\"><a class=\"govuk-link\" href=\"/\">Go to My work</a></p>",
        Html::escaped(title),
        Html::escaped(text)
    ));
    let frame = match who {
        Some(who) => Frame::new(app, who, title),
        None => Frame::of_nobody(app, title),
    };
    frame.page(&main)
}

/// The hidden box with the session's token, for every form that posts.
pub fn token(who: &SignedIn) -> Html {
    Html::trusted(format!(
        "<input type=\"hidden\" name=\"{}\" value=\"{}\">",
        crate::posted::TOKEN,
        who.session.token.as_str()
    ))
}

/// An answer that no page offers is somebody's trying, or an old page: whoever watches the log sees that it came, and nothing
/// of what it was.
fn log_what_no_page_offers(problems: &[FieldProblem]) {
    for problem in problems.iter().filter(|problem| problem.message == NOT_OFFERED) {
        tracing::warn!(question = %problem.at.field, "an answer came that no page offers");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use record::typed::Name;
    use tracing::{Event, Metadata, Subscriber, span};

    use super::*;

    /// Counts warnings.
    struct Warnings(Arc<AtomicUsize>);

    impl Subscriber for Warnings {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            *metadata.level() == tracing::Level::WARN
        }
        fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
            span::Id::from_u64(1)
        }
        fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
        fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
        fn event(&self, _: &Event<'_>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
        fn enter(&self, _: &span::Id) {}
        fn exit(&self, _: &span::Id) {}
    }

    /// ASVS 16.3.3
    #[test]
    fn an_answer_that_no_page_offers_is_in_the_log_and_one_that_is_missing_is_not() {
        let problem = |message: &str| FieldProblem { at: Name::of("place"), message: message.to_owned() };
        let seen = Arc::new(AtomicUsize::new(0));
        tracing::subscriber::with_default(Warnings(seen.clone()), || {
            log_what_no_page_offers(&[problem("Enter where it was")]);
            assert_eq!(seen.load(Ordering::SeqCst), 0);
            log_what_no_page_offers(&[problem("Enter where it was"), problem(NOT_OFFERED)]);
            assert_eq!(seen.load(Ordering::SeqCst), 1);
        });
    }
}
