//! What the scripts of the pages never do.

use house_rules::{
    root,
    source::{Sources, holding, scripts},
};

fn ours() -> Sources {
    let scripts = scripts(&root()).unwrap();
    assert!(scripts.len() >= 3, "{scripts:?}");
    scripts
}

#[track_caller]
fn never(letters: &[&str]) {
    let scripts = ours();
    for one in letters {
        assert_eq!(holding(&scripts, one), [] as [&str; 0], "{one}");
    }
}

/// ASVS 1.3.2, 3.2.2
#[test]
fn no_code_and_no_markup_is_made_of_text() {
    never(&["eval(", "new Function", "setTimeout(\"", "setTimeout('", "innerHTML", "outerHTML", "insertAdjacentHTML"]);
    never(&["document.write", "createContextualFragment", "DOMParser", "srcdoc", "javascript:"]);
    // What a script says to a person it says as text.
    assert!(!holding(&ours(), "textContent").is_empty());
}

/// ASVS 14.3.3
#[test]
fn nothing_is_stored_in_the_browser() {
    never(&["localStorage", "sessionStorage", "indexedDB", "document.cookie", "caches.", "serviceWorker"]);
}

/// ASVS 3.5.5
#[test]
fn nothing_listens_to_other_windows() {
    never(&["postMessage", "\"message\"", "'message'", "window.open", "opener", "BroadcastChannel"]);
}

/// ASVS 3.2.3
#[test]
fn nothing_is_kept_on_the_page_or_found_by_a_name_that_markup_could_take() {
    never(&["document.forms", "document.all", "globalThis", "window["]);
    for (path, text) in ours() {
        for line in text.lines() {
            let set = ["window.", "document."].iter().any(|on| {
                line.trim_start().starts_with(on)
                    && line.contains(" = ")
                    && !line.contains("==")
                    && !line.contains("const ")
            });
            assert!(!set, "{path}: {line}");
            let code = line.trim_start();
            assert!(!code.starts_with("var ") || path.ends_with("app.js"), "{path}: {line}");
        }
    }
    // The one script that is no module keeps its names in a function.
    let app = &ours()["assets/app.js"];
    assert!(app.trim_start().starts_with("(function () {") && app.trim_end().ends_with("})();"));
}

/// ASVS 15.3.5, 15.3.6
#[test]
fn types_are_compared_strictly_and_no_prototype_is_reached() {
    never(&["__proto__", "Object.assign", ".prototype =", "constructor[", "setPrototypeOf"]);
    for (path, text) in ours() {
        for line in text.lines() {
            let loose = line.replace("===", "").replace("!==", "");
            assert!(!loose.contains(" == ") && !loose.contains(" != "), "{path}: {line}");
        }
    }
}
