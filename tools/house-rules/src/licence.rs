//! Whether a licence, as a package states it, lets the package be part of the program.

/// Whether one of the choices that an expression of SPDX leaves is allowed. `/` is an older way of writing `OR`.
pub fn is_allowed(expression: &str, allowed: &[&str]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words: Vec<&str> = spaced.split_whitespace().rev().collect();
    let fits = either(&mut words, allowed);
    words.is_empty() && fits == Some(true)
}

fn either(words: &mut Vec<&str>, allowed: &[&str]) -> Option<bool> {
    let mut fits = both(words, allowed)?;
    while words.last() == Some(&"OR") {
        words.pop();
        fits |= both(words, allowed)?;
    }
    Some(fits)
}

fn both(words: &mut Vec<&str>, allowed: &[&str]) -> Option<bool> {
    let mut fits = one(words, allowed)?;
    while words.last() == Some(&"AND") {
        words.pop();
        fits &= one(words, allowed)?;
    }
    Some(fits)
}

fn one(words: &mut Vec<&str>, allowed: &[&str]) -> Option<bool> {
    let first = words.pop()?;
    if first == "(" {
        let fits = either(words, allowed)?;
        return (words.pop() == Some(")")).then_some(fits);
    }
    if words.last() == Some(&"WITH") {
        words.pop();
        let whole = format!("{first} WITH {}", words.pop()?);
        return Some(allowed.contains(&whole.as_str()));
    }
    Some(allowed.contains(&first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_allowed_when_a_choice_of_it_is() {
        let allowed = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "Unicode-3.0"];
        for good in ["MIT", "GPL-3.0 OR MIT", "MIT/GPL-3.0", "(MIT OR GPL-3.0) AND Unicode-3.0", "MIT AND (X OR MIT)"] {
            assert!(is_allowed(good, &allowed), "{good}");
        }
        assert!(is_allowed("Apache-2.0 WITH LLVM-exception", &allowed));
        for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT", "MIT)", "MIT WITH LLVM-exception", "MIT MIT", "OR", "mit"]
        {
            assert!(!is_allowed(bad, &allowed), "{bad}");
        }
    }
}
