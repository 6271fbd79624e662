//! From a fixture's options to our types. An option that is not read here cannot be expressed.

use govuk::*;

use crate::options::Options;

/// The component's HTML, if we have such a component.
#[expect(clippy::needless_pass_by_value, reason = "unread options are counted when it is dropped")]
pub fn express(component: &str, options: Options<'_>) -> Option<String> {
    let o = &options;
    Some(match component {
        "back-link" => back_link(o).to_string(),
        "breadcrumbs" => breadcrumbs(o).to_string(),
        "button" => button(o).to_string(),
        "character-count" => character_count(o).to_string(),
        "checkboxes" => checkboxes(o).to_string(),
        "date-input" => date_input(o).to_string(),
        "details" => details(o).to_string(),
        "error-message" => o.as_error().to_string(),
        "error-summary" => error_summary(o).to_string(),
        "fieldset" => o.as_fieldset().to_string(),
        "file-upload" => file_upload(o).to_string(),
        "footer" => footer(o).to_string(),
        "generic-header" => header(o).to_string(),
        "hint" => hint(o).to_string(),
        "input" => input(o).to_string(),
        "inset-text" => inset_text(o).to_string(),
        "label" => label(o).to_string(),
        "notification-banner" => notification_banner(o).to_string(),
        "pagination" => pagination(o).to_string(),
        "panel" => panel(o).to_string(),
        "password-input" => password_input(o).to_string(),
        "phase-banner" => phase_banner(o).to_string(),
        "radios" => radios(o).to_string(),
        "select" => select(o).to_string(),
        "service-navigation" => service_navigation(o).to_string(),
        "skip-link" => skip_link(o).to_string(),
        "summary-list" => summary_list(o).to_string(),
        "table" => table(o).to_string(),
        "tabs" => tabs(o).to_string(),
        "tag" => tag(o).to_string(),
        "task-list" => task_list(o).to_string(),
        "textarea" => textarea(o).to_string(),
        "warning-text" => warning_text(o).to_string(),
        _ => return None,
    })
}

fn back_link(o: &Options<'_>) -> BackLink {
    BackLink { content: o.content(), href: o.text("href"), classes: o.classes(), attributes: o.attributes() }
}

fn breadcrumbs(o: &Options<'_>) -> Breadcrumbs {
    Breadcrumbs {
        items: o
            .list("items")
            .iter()
            .map(|item| Breadcrumb { content: item.content(), href: item.text("href"), attributes: item.attributes() })
            .collect(),
        collapse_on_mobile: o.flag("collapseOnMobile"),
        label: o.text("labelText"),
        classes: o.classes(),
        attributes: o.attributes(),
    }
}

/// A class that is a variant of ours, and what is left of the classes.
fn variant<T: Copy + Default>(o: &Options<'_>, known: &[(&str, T)]) -> (T, String) {
    let classes = o.classes();
    let found = known
        .iter()
        .find(|(class, _)| classes == *class || classes.strip_prefix(class).is_some_and(|rest| rest.starts_with(' ')));
    match found {
        Some((class, value)) => (*value, classes[class.len()..].trim_start().to_owned()),
        None => (T::default(), classes),
    }
}

fn button_kind(o: &Options<'_>) -> Option<ButtonKind> {
    match o.maybe_text("type").as_deref() {
        Some("submit") => Some(ButtonKind::Submit),
        Some("button") => Some(ButtonKind::Button),
        Some("reset") => Some(ButtonKind::Reset),
        Some(other) => {
            o.refuse(&format!("a button of type {other}"));
            None
        }
        None => None,
    }
}

fn button(o: &Options<'_>) -> Button {
    let (variant, classes) = variant(
        o,
        &[
            ("govuk-button--secondary", ButtonVariant::Secondary),
            ("govuk-button--warning", ButtonVariant::Warning),
            ("govuk-button--inverse", ButtonVariant::Inverse),
        ],
    );
    Button {
        content: o.content(),
        variant,
        start: o.flag("isStartButton"),
        href: o.text("href"),
        kind: button_kind(o).unwrap_or_default(),
        name: o.text("name"),
        value: o.text("value"),
        disabled: o.flag("disabled"),
        prevent_double_click: o.maybe_flag("preventDoubleClick"),
        id: o.text("id"),
        classes,
        attributes: o.attributes(),
    }
}

fn character_count(o: &Options<'_>) -> CharacterCount {
    let mut form_group = o.form_group();
    for (option, attribute) in [
        ("charactersUnderLimitText", "characters-under-limit"),
        ("charactersAtLimitText", "characters-at-limit"),
        ("charactersOverLimitText", "characters-over-limit"),
        ("wordsUnderLimitText", "words-under-limit"),
        ("wordsAtLimitText", "words-at-limit"),
        ("wordsOverLimitText", "words-over-limit"),
    ] {
        form_group.attributes.extend(translations(o, option, attribute));
    }
    CharacterCount {
        id: o.text("id"),
        name: o.text("name"),
        label: o.label(),
        hint: o.hint(),
        error: o.error(),
        value: o.text("value"),
        rows: o.number("rows"),
        maxlength: o.number("maxlength"),
        maxwords: o.number("maxwords"),
        count: o.maybe_text("countType").and_then(|count| match count.as_str() {
            "length" => Some(CountType::Length),
            "characters" => Some(CountType::Characters),
            "words" => Some(CountType::Words),
            other => {
                o.refuse(&format!("counting {other}"));
                None
            }
        }),
        threshold: o.number("threshold"),
        description: o.text("textareaDescriptionText"),
        count_classes: o.inner("countMessage").map(|count| count.classes()).unwrap_or_default(),
        spellcheck: o.maybe_flag("spellcheck"),
        form_group,
        classes: o.classes(),
        attributes: o.attributes(),
    }
}

/// A translation, which with us is an attribute: one text, or one for each plural rule.
fn translations<'a>(o: &Options<'a>, option: &'a str, attribute: &str) -> Attributes {
    let key = format!("data-i18n.{attribute}");
    if let Some(plurals) = o.value(option).and_then(serde_json::Value::as_object) {
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        return plurals.iter().map(|(rule, value)| (format!("{key}.{rule}"), text(value))).collect();
    }
    o.maybe_text(option).map(|text| (key, text)).into_iter().collect()
}

fn checkboxes(o: &Options<'_>) -> Checkboxes {
    let (small, classes) = variant(o, &[("govuk-checkboxes--small", true)]);
    let checkbox = |item: &Options<'_>| {
        if let Some(word) = item.maybe_text("divider") {
            return CheckboxItem::Divider(word);
        }
        let behaviour = item.text("behaviour");
        if !["", "exclusive"].contains(&behaviour.as_str()) {
            item.refuse("an unknown behaviour");
        }
        let label = item.label();
        CheckboxItem::Checkbox(Checkbox {
            value: item.text("value"),
            content: item.content(),
            id: item.text("id"),
            name: item.text("name"),
            hint: item.hint(),
            checked: item.maybe_flag("checked"),
            disabled: item.flag("disabled"),
            exclusive: behaviour == "exclusive",
            conditional: item.inner("conditional").map(|more| more.html("html")).unwrap_or_default(),
            label_classes: label.classes,
            label_attributes: label.attributes,
            attributes: item.attributes(),
        })
    };
    let values = o.value("values").and_then(serde_json::Value::as_array);
    Checkboxes {
        name: o.text("name"),
        id_prefix: o.text("idPrefix"),
        fieldset: o.fieldset(),
        hint: o.hint(),
        error: o.error(),
        values: values
            .map(|values| values.iter().filter_map(|v| v.as_str()).map(str::to_owned).collect())
            .unwrap_or_default(),
        items: o.list("items").iter().map(checkbox).collect(),
        small,
        described_by: o.text("describedBy"),
        form_group: o.form_group(),
        classes,
        attributes: o.attributes(),
    }
}

fn date_input(o: &Options<'_>) -> DateInput {
    let prefix = o.text("namePrefix");
    let values = o.attributes_of("values");
    let value_of = |name: &str| {
        let key = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}-{name}") };
        values.iter().find(|(known, _)| *known == key).map(|(_, value)| value.clone())
    };
    let part = |item: &Options<'_>, usual: &str| {
        let name = item.maybe_text("name").unwrap_or_else(|| usual.to_owned());
        let classes = item.classes();
        let year = usual == "year" || name == "year";
        let mut width = if year { InputWidth::Chars4 } else { InputWidth::Chars2 };
        let mut wrong = item.maybe_flag("error");
        let mut further = Vec::new();
        for class in classes.split_whitespace() {
            match class {
                "govuk-input--width-2" => width = InputWidth::Chars2,
                "govuk-input--width-4" => width = InputWidth::Chars4,
                "govuk-input--error" => wrong = Some(true),
                other => further.push(other),
            }
        }
        DatePart {
            label: item.text("label"),
            value: item.maybe_text("value").or_else(|| value_of(&name)).unwrap_or_default(),
            width,
            error: wrong,
            id: item.text("id"),
            autocomplete: item.text("autocomplete"),
            inputmode: item.text("inputmode"),
            pattern: item.text("pattern"),
            classes: further.join(" "),
            attributes: item.attributes(),
            name,
        }
    };
    let named: Vec<DatePart> = ["day", "month", "year"]
        .into_iter()
        .filter_map(|name| match (o.inner(name), o.value(name)) {
            (Some(item), _) => Some(part(&item, name)),
            (None, Some(_)) => None,
            (None, None) => Some(DatePart::new(name, value_of(name).unwrap_or_default())),
        })
        .collect();
    let mut parts: Vec<DatePart> = o.list("items").iter().map(|item| part(item, "")).collect();
    for part in &mut parts {
        if let Some(same) = named.iter().find(|named| named.name == part.name)
            && part.value.is_empty()
        {
            part.value.clone_from(&same.value);
        }
    }
    DateInput {
        id: o.text("id"),
        fieldset: o.fieldset(),
        hint: o.hint(),
        error: o.error(),
        parts: if parts.is_empty() { named } else { parts },
        form_group: o.form_group(),
        classes: o.classes(),
        attributes: o.attributes(),
        name_prefix: prefix.clone(),
    }
}

fn details(o: &Options<'_>) -> Details {
    Details {
        summary: o.content_of("summaryHtml", "summaryText"),
        content: o.content(),
        open: o.flag("open"),
        id: o.text("id"),
        classes: o.classes(),
        attributes: o.attributes(),
    }
}

fn error_summary(o: &Options<'_>) -> ErrorSummary {
    ErrorSummary {
        title: o.content_of("titleHtml", "titleText"),
        description: o.content_of("descriptionHtml", "descriptionText"),
        items: o
            .list("errorList")
            .iter()
            .map(|item| ErrorLink { content: item.content(), href: item.text("href"), attributes: item.attributes() })
            .collect(),
        disable_auto_focus: o.maybe_flag("disableAutoFocus"),
        classes: o.classes(),
        attributes: o.attributes(),
    }
}

fn file_upload(o: &Options<'_>) -> FileUpload {
    let mut drop_zone_attributes: Attributes = [
        ("chooseFilesButtonText", "choose-files-button"),
        ("noFileChosenText", "no-file-chosen"),
        ("multipleFilesChosenText", "multiple-files-chosen"),
        ("dropInstructionText", "drop-instruction"),
        ("enteredDropZoneText", "entered-drop-zone"),
        ("leftDropZoneText", "left-drop-zone"),
    ]
    .into_iter()
    .flat_map(|(option, attribute)| translations(o, option, attribute))
    .collect();
    drop_zone_attributes.extend(o.attributes_of("wrapperAttributes"));
    // The template takes a value and does nothing with it: no browser lets a page choose a file.
    o.value("value");
    FileUpload {
        id: o.text("id"),
        name: o.text("name"),
        label: o.label(),
        hint: o.hint(),
        error: o.error(),
        multiple: o.flag("multiple"),
        drop_zone: o.flag("javascript"),
        drop_zone_classes: o.text("wrapperClasses"),
        drop_zone_attributes,
        disabled: o.flag("disabled"),
        described_by: o.text("describedBy"),
        form_group: o.form_group(),
        classes: o.classes(),
        attributes: o.attributes(),
    }
}

fn footer(o: &Options<'_>) -> Footer {
    // Ours has no licence, which is what `null` asks for.
    if o.value("contentLicence").is_some_and(|licence| !licence.is_null()) {
        o.refuse("a licence");
    }
    let links = |list: Vec<Options<'_>>| -> Vec<FooterLink> {
        list.iter()
            .map(|item| FooterLink { text: item.text("text"), href: item.text("href"), attributes: item.attributes() })
            .collect()
    };
    Footer {
        navigation: o
            .list("navigation")
            .iter()
            .map(|section| FooterSection {
                title: section.text("title"),
                items: links(section.list("items")),
                columns: section.number("columns"),
                width: section.text("width"),
            })
            .collect(),
        meta: o.inner("meta").map(|meta| FooterMeta {
            title: meta.text("visuallyHiddenTitle"),
            items: links(meta.list("items")),
            content: meta.content(),
        }),
        container_classes: o.text("containerClasses"),
        classes: o.classes(),
        attributes: o.attributes(),
    }
}

fn header(o: &Options<'_>) -> Header {
    Header {
        product: o.content_of("logoHtml", "logoText"),
        href: o.text("url"),
        container_classes: o.text("containerClasses"),
        classes: o.classes(),
        attributes: o.attributes(),
    }
}

fn hint(o: &Options<'_>) -> Hint {
    Hint { content: o.content(), id: o.text("id"), classes: o.classes(), attributes: o.attributes() }
}

fn affix(o: &Options<'_>) -> Affix {
    Affix { content: o.content(), classes: o.classes(), attributes: o.attributes() }
}

fn input(o: &Options<'_>) -> Input {
    let (width, classes) = variant(
        o,
        &[
            ("govuk-input--width-2", InputWidth::Chars2),
            ("govuk-input--width-3", InputWidth::Chars3),
            ("govuk-input--width-4", InputWidth::Chars4),
            ("govuk-input--width-5", InputWidth::Chars5),
            ("govuk-input--width-10", InputWidth::Chars10),
            ("govuk-input--width-20", InputWidth::Chars20),
            ("govuk-input--width-30", InputWidth::Chars30),
            ("govuk-!-width-three-quarters", InputWidth::ThreeQuarters),
            ("govuk-!-width-two-thirds", InputWidth::TwoThirds),
            ("govuk-!-width-one-half", InputWidth::OneHalf),
            ("govuk-!-width-one-third", InputWidth::OneThird),
            ("govuk-!-width-one-quarter", InputWidth::OneQuarter),
        ],
    );
    let (wrapper_classes, wrapper_attributes) =
        o.inner("inputWrapper").map(|wrapper| (wrapper.classes(), wrapper.attributes())).unwrap_or_default();
    Input {
        id: o.text("id"),
        name: o.text("name"),
        label: o.label(),
        hint: o.hint(),
        error: o.error(),
        value: o.text("value"),
        width,
        kind: o.text("type"),
        inputmode: o.text("inputmode"),
        autocomplete: o.text("autocomplete"),
        autocapitalize: o.text("autocapitalize"),
        pattern: o.text("pattern"),
        spellcheck: o.maybe_flag("spellcheck"),
        disabled: o.flag("disabled"),
        prefix: o.inner("prefix").map(|prefix| affix(&prefix)),
        suffix: o.inner("suffix").map(|suffix| affix(&suffix)),
        described_by: o.text("describedBy"),
        form_group: o.form_group(),
        wrapper_classes,
        wrapper_attributes,
        classes,
        attributes: o.attributes(),
    }
}

fn inset_text(o: &Options<'_>) -> InsetText {
    InsetText { content: o.content(), id: o.text("id"), classes: o.classes(), attributes: o.attributes() }
}

fn label(o: &Options<'_>) -> Label {
    Label {
        content: o.content(),
        target: o.text("for"),
        page_heading: o.flag("isPageHeading"),
        classes: o.classes(),
        attributes: o.attributes(),
    }
}

fn notification_banner(o: &Options<'_>) -> NotificationBanner {
    NotificationBanner {
        // The template gives any other type the look of none.
        kind: match o.text("type").as_str() {
            "success" => NotificationKind::Success,
            _ => NotificationKind::Important,
        },
        content: o.content(),
        title: o.content_of("titleHtml", "titleText"),
        title_id: o.text("titleId"),
        heading_level: o.number("titleHeadingLevel"),
        role: o.text("role"),
        disable_auto_focus: o.maybe_flag("disableAutoFocus"),
        classes: o.classes(),
        attributes: o.attributes(),
    }
}

fn pagination(o: &Options<'_>) -> Pagination {
    let link = |link: Options<'_>| PaginationLink {
        href: link.text("href"),
        content: link.content(),
        label: link.text("labelText"),
        attributes: link.attributes(),
    };
    Pagination {
        previous: o.inner("previous").map(link),
        next: o.inner("next").map(link),
        items: o
            .list("items")
            .iter()
            .filter(|item| !item.is_empty())
            .map(|item| {
                if item.flag("ellipsis") {
                    return PaginationItem::Ellipsis;
                }
                PaginationItem::Page(PaginationPage {
                    number: item.text("number"),
                    href: item.text("href"),
                    current: item.flag("current"),
                    label: item.text("visuallyHiddenText"),
                    attributes: item.attributes(),
                })
            })
            .collect(),
        landmark_label: o.text("landmarkLabel"),
        classes: o.classes(),
        attributes: o.attributes(),
    }
}

fn panel(o: &Options<'_>) -> Panel {
    let (interruption, classes) = variant(o, &[("govuk-panel--interruption", true)]);
    Panel {
        title: o.content_of("titleHtml", "titleText"),
        heading_level: o.number("headingLevel"),
        content: o.content(),
        interruption,
        actions: o.inner("actions").map(|actions| PanelActions {
            items: actions
                .list("items")
                .iter()
                .map(|action| PanelAction {
                    text: action.text("text"),
                    href: action.text("href"),
                    kind: button_kind(action),
                    classes: action.classes(),
                    attributes: action.attributes(),
                })
                .collect(),
            classes: actions.classes(),
            attributes: actions.attributes(),
        }),
        classes,
        attributes: o.attributes(),
    }
}

fn password_input(o: &Options<'_>) -> PasswordInput {
    PasswordInput {
        id: o.text("id"),
        name: o.text("name"),
        label: o.label(),
        hint: o.hint(),
        error: o.error(),
        value: o.text("value"),
        autocomplete: o.text("autocomplete"),
        disabled: o.flag("disabled"),
        show_text: o.text("showPasswordText"),
        hide_text: o.text("hidePasswordText"),
        show_label: o.text("showPasswordAriaLabelText"),
        hide_label: o.text("hidePasswordAriaLabelText"),
        shown_announcement: o.text("passwordShownAnnouncementText"),
        hidden_announcement: o.text("passwordHiddenAnnouncementText"),
        button_classes: o.inner("button").map(|button| button.classes()).unwrap_or_default(),
        described_by: o.text("describedBy"),
        form_group: o.form_group(),
        classes: o.classes(),
        attributes: o.attributes(),
    }
}

fn phase_banner(o: &Options<'_>) -> PhaseBanner {
    PhaseBanner {
        tag: o.inner("tag").map(|inner| tag(&inner)).unwrap_or_default(),
        content: o.content(),
        classes: o.classes(),
        attributes: o.attributes(),
    }
}

fn radios(o: &Options<'_>) -> Radios {
    let classes = o.classes();
    let has = |class: &str| classes.split_whitespace().any(|one| one == class);
    let (inline, small) = (has("govuk-radios--inline"), has("govuk-radios--small"));
    let known = ["govuk-radios--inline", "govuk-radios--small"];
    let further: Vec<&str> = classes.split_whitespace().filter(|class| !known.contains(class)).collect();
    let radio = |item: &Options<'_>| {
        if let Some(word) = item.maybe_text("divider") {
            return RadioItem::Divider(word);
        }
        let label = item.label();
        RadioItem::Radio(Radio {
            value: item.text("value"),
            content: item.content(),
            id: item.text("id"),
            hint: item.hint(),
            checked: item.maybe_flag("checked"),
            disabled: item.flag("disabled"),
            conditional: item.inner("conditional").map(|more| more.html("html")).unwrap_or_default(),
            label_classes: label.classes,
            label_attributes: label.attributes,
            attributes: item.attributes(),
        })
    };
    Radios {
        name: o.text("name"),
        id_prefix: o.text("idPrefix"),
        fieldset: o.fieldset(),
        hint: o.hint(),
        error: o.error(),
        value: o.text("value"),
        items: o.list("items").iter().map(radio).collect(),
        inline,
        small,
        form_group: o.form_group(),
        classes: further.join(" "),
        attributes: o.attributes(),
    }
}

fn select(o: &Options<'_>) -> Select {
    Select {
        id: o.text("id"),
        name: o.text("name"),
        label: o.label(),
        hint: o.hint(),
        error: o.error(),
        value: o.text("value"),
        items: o
            .list("items")
            .iter()
            .map(|item| SelectItem {
                value: match item.value("value") {
                    Some(serde_json::Value::Bool(value)) => Some(value.to_string()),
                    _ => item.maybe_text("value"),
                },
                text: item.text("text"),
                selected: item.maybe_flag("selected"),
                disabled: item.flag("disabled"),
                attributes: item.attributes(),
            })
            .collect(),
        disabled: o.flag("disabled"),
        described_by: o.text("describedBy"),
        form_group: o.form_group(),
        classes: o.classes(),
        attributes: o.attributes(),
    }
}

fn service_navigation(o: &Options<'_>) -> ServiceNavigation {
    let slots = o.inner("slots").map(|slots| {
        let end = slots.inner("end");
        let align = end.as_ref().map(|end| end.text("align")).unwrap_or_default();
        NavigationSlots {
            start: slots.html("start"),
            end: end.map_or_else(|| slots.html("end"), |end| end.html("html")),
            end_inline: align == "inline",
            navigation_start: slots.html("navigationStart"),
            navigation_end: slots.html("navigationEnd"),
        }
    });
    ServiceNavigation {
        service_name: o.text("serviceName"),
        service_href: o.text("serviceUrl"),
        items: o
            .list("navigation")
            .iter()
            .map(|item| NavigationItem {
                content: item.content(),
                href: item.text("href"),
                current: item.flag("current"),
                active: item.flag("active"),
                attributes: item.attributes(),
            })
            .collect(),
        collapse_on_mobile: o.maybe_flag("collapseNavigationOnMobile"),
        menu_button_text: o.text("menuButtonText"),
        menu_button_label: o.text("menuButtonLabel"),
        navigation_label: o.text("navigationLabel"),
        navigation_id: o.text("navigationId"),
        navigation_classes: o.text("navigationClasses"),
        label: o.text("ariaLabel"),
        slots: slots.unwrap_or_default(),
        classes: o.classes(),
        attributes: o.attributes(),
    }
}

fn skip_link(o: &Options<'_>) -> SkipLink {
    SkipLink { content: o.content(), href: o.text("href"), classes: o.classes(), attributes: o.attributes() }
}

fn summary_list(o: &Options<'_>) -> SummaryList {
    let actions = |o: &Options<'_>| {
        let Some(actions) = o.inner("actions") else { return (Vec::new(), String::new()) };
        let items = actions
            .list("items")
            .iter()
            .map(|action| SummaryAction {
                content: action.content(),
                href: action.text("href"),
                visually_hidden_text: action.text("visuallyHiddenText"),
                classes: action.classes(),
                attributes: action.attributes(),
            })
            .collect();
        (items, actions.classes())
    };
    let named = |o: &Options<'_>| (o.content(), o.classes());
    SummaryList {
        rows: o
            .list("rows")
            .iter()
            .map(|row| {
                let (key, key_classes) = row.inner("key").map(|o| named(&o)).unwrap_or_default();
                let (value, value_classes) = row.inner("value").map(|o| named(&o)).unwrap_or_default();
                let (actions, actions_classes) = actions(row);
                SummaryRow { key, value, actions, key_classes, value_classes, actions_classes, classes: row.classes() }
            })
            .collect(),
        card: o.inner("card").map(|card| {
            let title = card.inner("title");
            let (content, title_classes) = title.as_ref().map(named).unwrap_or_default();
            let (actions, actions_classes) = actions(&card);
            SummaryCard {
                title: content,
                heading_level: title.as_ref().and_then(|title| title.number("headingLevel")),
                actions,
                title_classes,
                actions_classes,
                classes: card.classes(),
                attributes: card.attributes(),
            }
        }),
        classes: o.classes(),
        attributes: o.attributes(),
    }
}

fn table(o: &Options<'_>) -> Table {
    let cell = |cell: &Options<'_>| {
        let format = cell.text("format");
        if !["", "numeric"].contains(&format.as_str()) {
            cell.refuse(&format!("cell format {format}"));
        }
        Cell {
            content: cell.content(),
            numeric: format == "numeric",
            colspan: cell.number("colspan"),
            rowspan: cell.number("rowspan"),
            classes: cell.classes(),
            attributes: cell.attributes(),
        }
    };
    let rows = o.value("rows").and_then(serde_json::Value::as_array).map_or(&[][..], Vec::as_slice);
    Table {
        caption: o.text("caption"),
        caption_classes: o.text("captionClasses"),
        head: o.list("head").iter().map(cell).collect(),
        rows: rows
            .iter()
            .filter_map(serde_json::Value::as_array)
            .map(|row| {
                row.iter()
                    .filter_map(serde_json::Value::as_object)
                    .map(|map| cell(&Options::new(map, o.obstacles())))
                    .collect()
            })
            .collect(),
        first_cell_is_header: o.flag("firstCellIsHeader"),
        classes: o.classes(),
        attributes: o.attributes(),
    }
}

fn tabs(o: &Options<'_>) -> Tabs {
    Tabs {
        items: o
            .list("items")
            .iter()
            .map(|item| {
                let (content, panel_attributes) =
                    item.inner("panel").map(|panel| (panel.content(), panel.attributes())).unwrap_or_default();
                Tab {
                    label: item.text("label"),
                    id: item.text("id"),
                    content,
                    attributes: item.attributes(),
                    panel_attributes,
                }
            })
            .collect(),
        title: o.text("title"),
        id: o.text("id"),
        id_prefix: o.text("idPrefix"),
        classes: o.classes(),
        attributes: o.attributes(),
    }
}

fn tag(o: &Options<'_>) -> Tag {
    let (colour, classes) = variant(
        o,
        &[
            ("govuk-tag--grey", TagColour::Grey),
            ("govuk-tag--green", TagColour::Green),
            ("govuk-tag--teal", TagColour::Teal),
            ("govuk-tag--purple", TagColour::Purple),
            ("govuk-tag--magenta", TagColour::Magenta),
            ("govuk-tag--red", TagColour::Red),
            ("govuk-tag--orange", TagColour::Orange),
            ("govuk-tag--yellow", TagColour::Yellow),
        ],
    );
    Tag { content: o.content(), colour, classes, attributes: o.attributes() }
}

fn task_list(o: &Options<'_>) -> TaskList {
    TaskList {
        items: o
            .list("items")
            .iter()
            .map(|item| {
                let title = item.inner("title");
                let status = item.inner("status");
                Task {
                    title: title.as_ref().map(Options::content).unwrap_or_default(),
                    title_classes: title.as_ref().map(Options::classes).unwrap_or_default(),
                    hint: item.inner("hint").map(|hint| hint.content()).unwrap_or_default(),
                    href: item.text("href"),
                    status: status.as_ref().map_or_else(TaskStatus::default, |status| match status.inner("tag") {
                        Some(inner) => TaskStatus::Tag(tag(&inner)),
                        None => TaskStatus::Plain(status.content()),
                    }),
                    status_classes: status.as_ref().map(Options::classes).unwrap_or_default(),
                    classes: item.classes(),
                }
            })
            .collect(),
        id_prefix: o.text("idPrefix"),
        classes: o.classes(),
        attributes: o.attributes(),
    }
}

fn textarea(o: &Options<'_>) -> Textarea {
    Textarea {
        id: o.text("id"),
        name: o.text("name"),
        label: o.label(),
        hint: o.hint(),
        error: o.error(),
        value: o.text("value"),
        rows: o.number("rows"),
        autocomplete: o.text("autocomplete"),
        spellcheck: o.maybe_flag("spellcheck"),
        disabled: o.flag("disabled"),
        described_by: o.text("describedBy"),
        form_group: o.form_group(),
        classes: o.classes(),
        attributes: o.attributes(),
    }
}

fn warning_text(o: &Options<'_>) -> WarningText {
    WarningText {
        content: o.content(),
        icon_text: o.text("iconFallbackText"),
        classes: o.classes(),
        attributes: o.attributes(),
    }
}
