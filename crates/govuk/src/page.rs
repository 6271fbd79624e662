//! The frame of every page.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::assets;
use crate::filters;
use crate::markup::{Attributes, Html};
use crate::skip_link::SkipLink;

/// A whole document: the design system's page template, with slots.
///
/// There is no script in the markup, so that a content security policy needs no exception for it.
/// The first script named is an ordinary one and stands first in the body: it marks the body as
/// `govuk-frontend-supported` before anything is drawn, and imports the design system's own script
/// from the address in its `data-govuk`. All others are modules, and run when the page is there.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "page.html")]
pub struct Page {
    /// The language of the page: `en` unless changed.
    pub lang: String,
    /// What the window or tab is called. With errors, it begins with "Error: ".
    pub title: String,
    /// Style sheets, in order, after the design system's own.
    pub stylesheets: Vec<String>,
    /// The address of the icon.
    pub icon: String,
    /// The address of `app.js`.
    pub app_script: String,
    /// Further scripts, as modules.
    pub scripts: Vec<String>,
    /// Further markup in the head, such as `meta` elements.
    pub head: Html,
    /// The way past the header.
    pub skip_link: SkipLink,
    /// The header: [`Header`](crate::Header), [`ServiceNavigation`](crate::ServiceNavigation).
    pub header: Html,
    /// What must be seen before anything else, under the header and as wide as the page.
    pub banner: Html,
    /// What stands over the main part: back link, breadcrumbs.
    pub before_main: Html,
    /// The main part.
    pub main: Html,
    /// Further classes of the main part, such as `govuk-main-wrapper--l`.
    pub main_classes: String,
    /// Further classes of the block that sets the width.
    pub container_classes: String,
    /// The footer.
    pub footer: Html,
    /// What stands last in the body.
    pub body_end: Html,
    /// The colour that a browser may take up around the page.
    pub theme_colour: String,
    /// Further classes of the body.
    pub body_classes: String,
    /// Further attributes of the body.
    pub body_attributes: Attributes,
}

impl HtmlSafe for Page {}

impl Default for Page {
    fn default() -> Self {
        Self {
            lang: "en".to_owned(),
            title: String::new(),
            stylesheets: Vec::new(),
            icon: String::new(),
            app_script: String::new(),
            scripts: Vec::new(),
            head: Html::default(),
            skip_link: SkipLink {
                content: "Skip to main content".into(),
                href: "#main-content".to_owned(),
                ..SkipLink::default()
            },
            header: Html::default(),
            banner: Html::default(),
            before_main: Html::default(),
            main: Html::default(),
            main_classes: String::new(),
            container_classes: String::new(),
            footer: Html::default(),
            body_end: Html::default(),
            theme_colour: "#1d70b8".to_owned(),
            body_classes: String::new(),
            body_attributes: Attributes::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_script_stands_in_the_markup() {
        let page = Page {
            title: "Amira <Ali>".to_owned(),
            app_script: "/assets/app.js".to_owned(),
            scripts: vec!["/assets/draft.js".to_owned()],
            main: Html::trusted("<h1>Amira</h1>"),
            ..Page::default()
        };
        let html = page.to_string();
        assert!(html.contains("<title>Amira &#60;Ali&#62;</title>"));
        assert_eq!(html.matches("<script").count(), 2);
        assert_eq!(html.matches("></script>").count(), 2);
        assert!(html.find("/assets/app.js") > html.find("<body"));
        assert!(html.contains(assets::CSS.path) && html.contains(assets::JS.path));
    }
}
