//! Filters for this crate's templates. "Nothing given" is an empty string throughout.
#![expect(
    clippy::inline_always,
    clippy::unnecessary_wraps,
    clippy::unused_self,
    reason = "askama's filter_fn makes methods of functions, and wants results"
)]

use askama::filters::Safe;

use crate::markup::escape;

/// ` name="value"`, or nothing where the value is empty: `{{ id|attr("id") }}`.
#[askama::filter_fn]
pub fn attr(value: impl AsRef<str>, _: &dyn askama::Values, name: &str) -> askama::Result<Safe<String>> {
    let value = value.as_ref();
    Ok(Safe(if value.is_empty() { String::new() } else { format!(" {name}=\"{}\"", escape(value)) }))
}

/// Further classes, with the space that parts them from those before: `class="a{{ classes|extra }}"`.
#[askama::filter_fn]
pub fn extra(value: impl AsRef<str>, _: &dyn askama::Values) -> askama::Result<Safe<String>> {
    let value = value.as_ref();
    Ok(Safe(if value.is_empty() { String::new() } else { format!(" {}", escape(value)) }))
}

/// Free attributes, each with a space before it: `<a{{ attributes|attrs }}>`.
#[askama::filter_fn]
pub fn attrs(values: impl AsRef<[(String, String)]>, _: &dyn askama::Values) -> askama::Result<Safe<String>> {
    let mut out = String::new();
    for (name, value) in values.as_ref() {
        out.extend([" ", &escape(name), "=\"", &escape(value), "\""]);
    }
    Ok(Safe(out))
}

/// The value, or another where it is empty: `{{ href|or("#") }}`.
#[askama::filter_fn]
pub fn or(value: impl AsRef<str>, _: &dyn askama::Values, otherwise: &str) -> askama::Result<String> {
    let value = value.as_ref();
    Ok(if value.is_empty() { otherwise } else { value }.to_owned())
}
