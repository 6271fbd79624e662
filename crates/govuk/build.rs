//! Takes the design system's style sheet and script from the npm package and makes them ours to
//! serve: a system font instead of GDS Transport, no crest, no source maps, addresses with hashes.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// The fonts that the reader's own machine has.
const SYSTEM_FONT: &str =
    "system-ui,-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\",\"Liberation Sans\",arial,sans-serif";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=LIFESTORY_ASSETS");
    let modules = env::var_os("LIFESTORY_ASSETS").map_or_else(
        || {
            let here = env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it for every build script");
            Path::new(&here).join("../../assets/node_modules")
        },
        PathBuf::from,
    );
    let package = modules.join("govuk-frontend");
    let dist = package.join("dist/govuk");
    println!("cargo::rerun-if-changed={}", package.join("package.json").display());

    let (Some(css), Some(js)) = (read(&dist.join("govuk-frontend.min.css")), read(&dist.join("govuk-frontend.min.js")))
    else {
        println!(
            "cargo::error=govuk-frontend is not in {}. Run `npm ci --ignore-scripts` in assets/ \
             (./demo and ./test do so), or name another node_modules in LIFESTORY_ASSETS.",
            modules.display()
        );
        return;
    };

    let version = js
        .split_once("version=\"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(version, _)| version.to_owned())
        .expect("govuk-frontend's script begins with its version; has the package changed its form?");
    let notice = format!(
        "/*! govuk-frontend {version}, MIT licence, Copyright (c) 2017 Crown Copyright \
         (Government Digital Service); changed: fonts and crest taken out */\n"
    );

    let mut list = format!("/// The version of govuk-frontend.\npub const VERSION: &str = {version:?};\n");
    asset(
        &mut list,
        ("CSS", "The design system's style sheet."),
        ("css", "text/css; charset=utf-8"),
        &(notice.clone() + &our_css(&css)),
    );
    asset(
        &mut list,
        ("JS", "The design system's script, an ES module that exports `initAll`."),
        ("js", "text/javascript; charset=utf-8"),
        &(notice + &without_source_map(&js)),
    );
    write_out("assets.rs", &list);
    // For the tests, which read the official fixtures.
    println!("cargo::rustc-env=GOVUK_FRONTEND_DIST={}", dist.display());
}

fn read(path: &Path) -> Option<String> {
    println!("cargo::rerun-if-changed={}", path.display());
    fs::read_to_string(path).ok()
}

fn write_out(name: &str, content: &str) {
    let out = env::var_os("OUT_DIR").expect("cargo sets it for every build script");
    fs::write(Path::new(&out).join(name), content).expect("cargo made OUT_DIR for us to write in");
}

/// Writes the file, and adds its constant to the list.
fn asset(list: &mut String, (constant, doc): (&str, &str), (ending, kind): (&str, &str), content: &str) {
    let hash = Sha256::digest(content.as_bytes());
    let hash = hash.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let file = format!("govuk.{ending}");
    write_out(&file, content);
    let _ = write!(
        list,
        "/// {doc}\npub const {constant}: Asset = Asset {{\n    path: \"/assets/govuk-{}.{ending}\",\n    \
         content_type: {kind:?},\n    bytes: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{file}\")),\n    \
         etag: \"\\\"{}\\\"\",\n}};\n",
        &hash[..8],
        &hash[..32],
    );
}

fn our_css(css: &str) -> String {
    let css = without_rules(css, "@font-face");
    // The crest stands behind `.govuk-footer__copyright-logo`, which our footer does not have.
    let css = without_rules(&css, ".govuk-footer__copyright-logo:before");
    let css = without_comments(&css);
    let css = ["\"GDS Transport\",arial,sans-serif", "GDS Transport,arial,sans-serif"]
        .iter()
        .fold(css, |css, family| css.replace(family, SYSTEM_FONT));
    for forbidden in ["GDS Transport", "@font-face", "url("] {
        assert!(!css.contains(forbidden), "the style sheet still has {forbidden}; teach build.rs its new form");
    }
    css
}

/// Takes out every rule that begins with this and holds no other rule.
fn without_rules(css: &str, start: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(at) = rest.find(start) {
        let after = &rest[at + start.len()..];
        let (kept, dropped) = match after.find(['{', '}', ',']) {
            Some(brace) if after[brace..].starts_with('{') && after[..brace].trim().is_empty() => {
                let end = after[brace..].find('}').expect("every rule of a style sheet ends");
                (at, at + start.len() + brace + end + 1)
            }
            _ => (at + start.len(), at + start.len()),
        };
        out.push_str(&rest[..kept]);
        rest = &rest[dropped..];
    }
    out + rest
}

/// Takes out comments: the font's notice, and the address of the source map.
fn without_comments(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(at) = rest.find("/*") {
        out.push_str(&rest[..at]);
        rest = rest[at..].find("*/").map_or("", |end| &rest[at + end + 2..]);
    }
    out + rest
}

fn without_source_map(js: &str) -> String {
    js.lines()
        .map(|line| line.split_once("//# sourceMappingURL=").map_or(line, |(code, _)| code))
        .collect::<Vec<_>>()
        .join("\n")
}
