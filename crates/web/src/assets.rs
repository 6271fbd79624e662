//! The files that pages refer to, kept in the program. An address holds a hash of what it serves.

use std::sync::LazyLock;

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use sha2::{Digest as _, Sha256};

struct Own {
    path: String,
    content_type: &'static str,
    bytes: &'static [u8],
}

fn own(name: &str, ending: &str, content_type: &'static str, bytes: &'static [u8]) -> Own {
    let hash = u32::from_be_bytes(Sha256::digest(bytes)[..4].try_into().expect("a digest has 32 bytes"));
    Own { path: format!("/assets/{name}-{hash:08x}.{ending}"), content_type, bytes }
}

static STYLE: LazyLock<Own> = LazyLock::new(|| {
    own("lifestory", "css", "text/css; charset=utf-8", include_bytes!("../../../assets/lifestory.css"))
});
static APP: LazyLock<Own> =
    LazyLock::new(|| own("app", "js", "text/javascript; charset=utf-8", include_bytes!("../../../assets/app.js")));
static WRITING: LazyLock<Own> = LazyLock::new(|| {
    own("writing", "js", "text/javascript; charset=utf-8", include_bytes!("../../../assets/writing.js"))
});
static PASSKEY: LazyLock<Own> = LazyLock::new(|| {
    own("passkey", "js", "text/javascript; charset=utf-8", include_bytes!("../../../assets/passkey.js"))
});
static ICON: LazyLock<Own> =
    LazyLock::new(|| own("icon", "svg", "image/svg+xml; charset=utf-8", include_bytes!("../../../assets/favicon.svg")));

/// The address of our style sheet.
pub fn style() -> String {
    STYLE.path.clone()
}
/// The address of the script that every page has.
pub fn app() -> String {
    APP.path.clone()
}
/// The address of the script that saves what is typed.
pub fn writing() -> String {
    WRITING.path.clone()
}
/// The address of the script that asks the browser for a passkey.
pub fn passkey() -> String {
    PASSKEY.path.clone()
}
/// The address of the icon.
pub fn icon() -> String {
    ICON.path.clone()
}

/// `GET /assets/{name}`
pub async fn show(Path(name): Path<String>) -> Response {
    let path = format!("/assets/{name}");
    let of_govuk =
        govuk::assets::ALL.iter().find(|asset| asset.path == path).map(|asset| (asset.content_type, asset.bytes));
    let found = of_govuk.or_else(|| {
        [&*STYLE, &*APP, &*WRITING, &*PASSKEY, &*ICON]
            .into_iter()
            .find(|own| own.path == path)
            .map(|own| (own.content_type, own.bytes))
    });
    match found {
        Some((content_type, bytes)) => (
            [(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")],
            bytes,
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
