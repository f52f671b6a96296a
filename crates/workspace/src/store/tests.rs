//! The store keeps every version, moves between them, and refuses what would lose one.

use super::*;

fn draft(text: &str) -> Draft<'_> {
    Draft { text, note: "a note", author: "me", ..Draft::default() }
}

fn with_versions(texts: &[&str]) -> (Store, i64, i64) {
    let mut store = Store::in_memory().expect("memory");
    let (study, scenario) = store.add_study("S", "main", &draft(texts[0])).expect("new");
    for (parent, text) in (1..).zip(&texts[1..]) {
        store.save(scenario, parent, &draft(text)).expect("saved");
    }
    (store, study, scenario)
}

fn head_text(store: &Store, scenario: i64) -> String {
    store.head(scenario).expect("there").text
}

#[test]
fn undo_and_redo_walk_along_the_versions() {
    let (mut store, _, scenario) = with_versions(&["a", "b", "c"]);
    assert_eq!(store.undo(scenario, "me").expect("b"), 2);
    assert_eq!(store.undo(scenario, "me").expect("a"), 1);
    assert!(matches!(store.undo(scenario, "me"), Err(StoreError::Nothing("undo"))));
    assert_eq!(store.redo(scenario, "me").expect("b"), 2);
    // A save from here begins a branch; redo then follows it, and nothing is lost.
    assert_eq!(store.save(scenario, 2, &draft("d")).expect("saved"), 4);
    store.undo(scenario, "me").expect("b");
    store.redo(scenario, "me").expect("d");
    assert_eq!(head_text(&store, scenario), "d");
    assert!(matches!(store.redo(scenario, "me"), Err(StoreError::Nothing("redo"))));
    let texts: Vec<String> =
        store.versions(scenario).expect("all").into_iter().map(|each| each.text).collect();
    assert_eq!(texts, ["a", "b", "c", "d"]);
    let what: Vec<String> =
        store.history(scenario).expect("log").into_iter().map(|each| each.what).rev().collect();
    let expected = ["save", "save", "save", "undo", "undo", "redo", "save", "undo", "redo"];
    assert_eq!(what, expected);
}

#[test]
fn a_save_from_an_older_version_is_refused() {
    let (mut store, _, scenario) = with_versions(&["a", "b"]);
    let refused = store.save(scenario, 1, &draft("c"));
    assert!(matches!(refused, Err(StoreError::Changed { head: 2 })), "{refused:?}");
    assert_eq!(head_text(&store, scenario), "b");
}

#[test]
fn names_are_checked_and_unique() {
    let (mut store, study, _) = with_versions(&["a"]);
    let long = "x".repeat(101);
    for name in ["", "  ", "two\nlines", "S", long.as_str()] {
        let refused = store.add_study(name, "main", &draft("a"));
        assert!(matches!(refused, Err(StoreError::Name(_))), "{name:?}: {refused:?}");
    }
    assert!(matches!(store.add_scenario(study, "main", &draft("a")), Err(StoreError::Name(_))));
    assert!(matches!(store.add_scenario(9, "x", &draft("a")), Err(StoreError::Missing("study"))));
}

#[test]
fn an_exported_study_comes_back_with_every_version() {
    let (mut store, study, scenario) = with_versions(&["a\n", "# 沈阳\n", "c\n"]);
    let companions = Companions::from([("projects.csv".to_owned(), "name\nx\n".to_owned())]);
    let beside = Draft { companions, ..draft("d\n") };
    store.save(scenario, 3, &beside).expect("saved");
    store.undo(scenario, "me").expect("c");
    store.add_scenario(study, "无项目", &draft("e\n")).expect("added");
    let files = store.export(study).expect("files");
    assert_eq!(files["scenarios/01/study.toml"], "c\n");
    assert_eq!(files["scenarios/01/history/0004/projects.csv"], "name\nx\n");
    let mut other = Store::in_memory().expect("memory");
    let back = other.import(&files, "you").expect("imported");
    assert_eq!(other.export(back).expect("files"), files);
    assert!(matches!(other.import(&files, "you"), Err(StoreError::Name(_))));
}

#[test]
fn a_text_edited_in_the_folder_becomes_a_version() {
    let (store, study, _) = with_versions(&["a", "b"]);
    let mut files = store.export(study).expect("files");
    files.insert("scenarios/01/study.toml".to_owned(), "edited".to_owned());
    let mut other = Store::in_memory().expect("memory");
    let back = other.import(&files, "you").expect("imported");
    let scenario = other.studies().expect("list")[0].scenarios[0].clone();
    assert_eq!((back, scenario.head), (1, 3));
    let head = other.head(scenario.id).expect("head");
    assert_eq!((head.text.as_str(), head.parent), ("edited", Some(2)));
}

#[test]
fn a_broken_folder_is_refused_whole() {
    let (store, study, _) = with_versions(&["a", "b"]);
    let whole = store.export(study).expect("files");
    let mut other = Store::in_memory().expect("memory");
    let without = |path: &str| {
        let mut files = whole.clone();
        files.remove(path);
        files
    };
    let manifest = |from: &str, to: &str| {
        let mut files = whole.clone();
        let text = files[folder::MANIFEST].replace(from, to);
        assert_ne!(text, files[folder::MANIFEST], "{from} is there");
        files.insert(folder::MANIFEST.to_owned(), text);
        files
    };
    for files in [
        without(folder::MANIFEST),
        without("scenarios/01/history/0002/study.toml"),
        manifest("\"format\": 1", "\"format\": 2"),
        manifest("\"head\": 2", "\"head\": 7"),
        manifest("\"companions\": []", "\"companions\": [\"../secret\"]"),
    ] {
        assert!(matches!(other.import(&files, "you"), Err(StoreError::Folder(_))));
        assert!(other.studies().expect("list").is_empty(), "nothing is left of a refused import");
    }
}

#[test]
fn a_run_keeps_its_results_and_one_that_was_cut_off_says_so() {
    let folder = std::env::temp_dir().join(format!("ironbelt-store-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("runs.sqlite");
    let mut store = Store::open(&path).expect("opened");
    let (_, scenario) = store.add_study("S", "main", &draft("a")).expect("new");
    let done = store.add_run(scenario, 1, "study", "").expect("queued");
    let cut = store.add_run(scenario, 1, "study", "").expect("queued");
    store.start_run(done).expect("started");
    store.end_run(done, RunState::Done, "", Some("{}")).expect("ended");
    store.start_run(cut).expect("started");
    assert!(matches!(Store::open(&path), Err(StoreError::InUse)), "one process at a time");
    drop(store);
    let store = Store::open(&path).expect("opened again");
    assert_eq!(store.results(done).expect("there"), "{}");
    assert!(matches!(store.results(cut), Err(StoreError::Missing("result"))));
    assert_eq!(store.run(cut).expect("there").state, RunState::Interrupted);
    drop(store);
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn a_store_of_a_later_program_is_refused() {
    let folder = std::env::temp_dir().join(format!("ironbelt-later-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("later.sqlite");
    let connection = Connection::open(&path).expect("opened");
    connection.pragma_update(None, "user_version", 99).expect("written");
    drop(connection);
    let refused = Store::open(&path);
    assert!(matches!(refused, Err(StoreError::Newer { found: 99, .. })), "{refused:?}");
    std::fs::remove_dir_all(&folder).expect("removed");
}
