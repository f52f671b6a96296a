//! Every word of the page has its Chinese.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn scripts(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path());
    entries.filter(|path| path.extension().is_some_and(|end| end == "js")).collect()
}

/// The texts in calls of `t` with a literal.
fn words(script: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, opening) in script.match_indices("t(\"") {
        let called = !script[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let rest = &script[at + opening.len()..];
        if let (true, Some((word, _))) = (called, rest.split_once('"')) {
            found.insert(word.to_owned());
        }
    }
    found
}

#[test]
fn every_word_of_the_page_has_its_chinese() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("page");
    let text = std::fs::read_to_string(page.join("words.js")).expect("the words");
    let start = text.find("const CHINESE = {").expect("a table");
    let chinese = &text[start..start + text[start..].find("\n};").expect("its end")];
    let has = |word: &str| {
        [format!("\"{word}\": \""), format!(" {word}: \""), format!("\n  {word}: \"")]
            .iter()
            .any(|entry| chinese.contains(entry.as_str()))
    };
    let mut all = BTreeSet::new();
    for script in scripts(&page).into_iter().chain(scripts(&page.join("views"))) {
        all.extend(words(&std::fs::read_to_string(script).expect("a script")));
    }
    all.retain(|word| !word.is_empty() && word != "%");
    assert!(all.len() > 150, "only {} words were found", all.len());
    let missing: Vec<&String> = all.iter().filter(|word| !has(word)).collect();
    assert!(missing.is_empty(), "without Chinese: {missing:?}");
}
