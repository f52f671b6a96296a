//! docs/diagnostics.md lists every code of this crate, and no code has two meanings.

use std::collections::BTreeSet;

const CODES: &str = include_str!("../code.rs");
const DOCUMENT: &str = include_str!("../../../../../docs/diagnostics.md");

/// Codes in the text: `E0201`, `W0201`.
fn codes(text: &str) -> Vec<&str> {
    let words = text.split(|each: char| !each.is_ascii_alphanumeric());
    let is_code = |word: &&str| {
        word.len() == 5
            && word.starts_with(['E', 'W'])
            && word[1..].bytes().all(|byte| byte.is_ascii_digit())
    };
    words.filter(is_code).collect()
}

#[test]
fn every_code_is_in_the_document() {
    let listed: BTreeSet<&str> = codes(DOCUMENT).into_iter().collect();
    let missing: Vec<&str> =
        codes(CODES).into_iter().filter(|code| !listed.contains(code)).collect();
    assert!(missing.is_empty(), "not in docs/diagnostics.md: {missing:?}");
}

#[test]
fn every_code_has_one_meaning() {
    let all = codes(CODES);
    let unique: BTreeSet<&&str> = all.iter().collect();
    assert_eq!(all.len(), unique.len());
}
