//! The store keeps every version, moves between them, refuses what would lose one, and knows people.
//!
//! Every case runs on a file of `SQLite` and, where one is installed, on a real `PostgreSQL` server.

mod support;

use std::cell::Cell;
use std::collections::BTreeSet;

use support::postgres::Server;
use workspace::store::{
    Companions, Draft, Known, Person, Place, Role, RunState, Store, StoreError, folder, hash,
};

/// Gives places of new stores.
type Places<'a> = &'a dyn Fn() -> Place;

/// All cases; `every_case_is_in_the_table` holds it complete.
type Case = (&'static str, fn(Places<'_>));
const CASES: &[Case] = &[
    ("undo_and_redo_walk_along_the_versions", undo_and_redo_walk_along_the_versions),
    ("a_save_from_an_older_version_is_refused", a_save_from_an_older_version_is_refused),
    ("names_are_checked_and_unique", names_are_checked_and_unique),
    (
        "an_exported_study_comes_back_with_every_version",
        an_exported_study_comes_back_with_every_version,
    ),
    (
        "a_text_edited_in_the_folder_becomes_a_version",
        a_text_edited_in_the_folder_becomes_a_version,
    ),
    ("a_broken_folder_is_refused_whole", a_broken_folder_is_refused_whole),
    (
        "a_run_keeps_its_results_and_one_that_was_cut_off_says_so",
        a_run_keeps_its_results_and_one_that_was_cut_off_says_so,
    ),
    ("runs_are_named_and_deleted", runs_are_named_and_deleted),
    (
        "people_have_roles_and_one_stays_administrator",
        people_have_roles_and_one_stays_administrator,
    ),
    (
        "sessions_begin_with_a_password_and_end_with_what_changes",
        sessions_begin_with_a_password_and_end_with_what_changes,
    ),
    ("every_change_is_in_the_audit", every_change_is_in_the_audit),
];

#[test]
fn every_case_holds_on_a_file() {
    let folder = std::env::temp_dir().join(format!("ironbelt-store-file-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let made = Cell::new(0);
    let place = || {
        made.set(made.get() + 1);
        Place::File(folder.join(format!("{}.sqlite", made.get())))
    };
    for (name, case) in CASES {
        println!("{name}");
        case(&place);
    }
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn every_case_holds_on_a_server() {
    let Some(server) = Server::start("store") else { return };
    for (name, case) in CASES {
        println!("{name}");
        case(&|| server.database());
    }
    one_process_serves_and_others_may_look(&server);
    a_connection_that_breaks_is_made_anew(&server);
}

#[test]
fn every_case_is_in_the_table() {
    let text = include_str!("store.rs");
    let listed: BTreeSet<&str> = CASES.iter().map(|(name, _)| *name).collect();
    let written: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("fn ")?.strip_suffix("(places: Places<'_>) {"))
        .collect();
    assert_eq!(listed, written);
}

fn new(places: Places<'_>) -> Store {
    Store::open(&places()).expect("opened")
}

fn draft(text: &str) -> Draft<'_> {
    Draft { text, note: "a note", author: "me", ..Draft::default() }
}

fn with_versions(places: Places<'_>, texts: &[&str]) -> (Store, i64, i64) {
    let mut store = new(places);
    let (study, scenario) = store.add_study("S", "main", &draft(texts[0])).expect("new");
    for (parent, text) in (1..).zip(&texts[1..]) {
        store.save(scenario, parent, &draft(text)).expect("saved");
    }
    (store, study, scenario)
}

fn head_text(store: &mut Store, scenario: i64) -> String {
    store.head(scenario).expect("there").text
}

fn undo_and_redo_walk_along_the_versions(places: Places<'_>) {
    let (mut store, _, scenario) = with_versions(places, &["a", "b", "c"]);
    assert_eq!(store.undo(scenario, "me").expect("b"), 2);
    assert_eq!(store.undo(scenario, "me").expect("a"), 1);
    assert!(matches!(store.undo(scenario, "me"), Err(StoreError::Nothing("undo"))));
    assert_eq!(store.redo(scenario, "me").expect("b"), 2);
    // A save from here begins a branch; redo then follows it, and nothing is lost.
    assert_eq!(store.save(scenario, 2, &draft("d")).expect("saved"), 4);
    store.undo(scenario, "me").expect("b");
    store.redo(scenario, "me").expect("d");
    assert_eq!(head_text(&mut store, scenario), "d");
    assert!(matches!(store.redo(scenario, "me"), Err(StoreError::Nothing("redo"))));
    let texts: Vec<String> =
        store.versions(scenario).expect("all").into_iter().map(|each| each.text).collect();
    assert_eq!(texts, ["a", "b", "c", "d"]);
    let what: Vec<String> =
        store.history(scenario).expect("log").into_iter().map(|each| each.what).rev().collect();
    let expected = ["save", "save", "save", "undo", "undo", "redo", "save", "undo", "redo"];
    assert_eq!(what, expected);
}

fn a_save_from_an_older_version_is_refused(places: Places<'_>) {
    let (mut store, _, scenario) = with_versions(places, &["a", "b"]);
    let refused = store.save(scenario, 1, &draft("c"));
    assert!(matches!(refused, Err(StoreError::Changed { head: 2 })), "{refused:?}");
    assert_eq!(head_text(&mut store, scenario), "b");
}

fn names_are_checked_and_unique(places: Places<'_>) {
    let (mut store, study, _) = with_versions(places, &["a"]);
    let long = "x".repeat(101);
    for name in ["", "  ", "two\nlines", "S", long.as_str()] {
        let refused = store.add_study(name, "main", &draft("a"));
        assert!(matches!(refused, Err(StoreError::Name(_))), "{name:?}: {refused:?}");
    }
    assert!(matches!(store.add_scenario(study, "main", &draft("a")), Err(StoreError::Name(_))));
    assert!(matches!(store.add_scenario(9, "x", &draft("a")), Err(StoreError::Missing("study"))));
}

fn an_exported_study_comes_back_with_every_version(places: Places<'_>) {
    let (mut store, study, scenario) = with_versions(places, &["a\n", "# 沈阳\n", "c\n"]);
    let companions = Companions::from([("projects.csv".to_owned(), "name\nx\n".to_owned())]);
    let beside = Draft { companions, ..draft("d\n") };
    store.save(scenario, 3, &beside).expect("saved");
    store.undo(scenario, "me").expect("c");
    store.add_scenario(study, "无项目", &draft("e\n")).expect("added");
    let files = store.export(study).expect("files");
    assert_eq!(files["scenarios/01/study.toml"], "c\n");
    assert_eq!(files["scenarios/01/history/0004/projects.csv"], "name\nx\n");
    let mut other = new(places);
    let back = other.import(&files, "you").expect("imported");
    assert_eq!(other.export(back).expect("files"), files);
    assert!(matches!(other.import(&files, "you"), Err(StoreError::Name(_))));
}

fn a_text_edited_in_the_folder_becomes_a_version(places: Places<'_>) {
    let (mut store, study, _) = with_versions(places, &["a", "b"]);
    let mut files = store.export(study).expect("files");
    files.insert("scenarios/01/study.toml".to_owned(), "edited".to_owned());
    let mut other = new(places);
    let back = other.import(&files, "you").expect("imported");
    let scenario = other.studies().expect("list")[0].scenarios[0].clone();
    assert_eq!((back, scenario.head), (1, 3));
    let head = other.head(scenario.id).expect("head");
    assert_eq!((head.text.as_str(), head.parent), ("edited", Some(2)));
}

fn a_broken_folder_is_refused_whole(places: Places<'_>) {
    let (mut store, study, _) = with_versions(places, &["a", "b"]);
    let whole = store.export(study).expect("files");
    let mut other = new(places);
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

fn a_run_keeps_its_results_and_one_that_was_cut_off_says_so(places: Places<'_>) {
    let place = places();
    let mut store = Store::open(&place).expect("opened");
    store.claim().expect("served");
    let (_, scenario) = store.add_study("S", "main", &draft("a")).expect("new");
    let done = store.add_run(scenario, 1, "study", "", "me").expect("queued");
    let cut = store.add_run(scenario, 1, "study", "", "me").expect("queued");
    store.start_run(done).expect("started");
    store.end_run(done, RunState::Done, "", Some("{}")).expect("ended");
    store.start_run(cut).expect("started");
    let other = Store::open(&place).and_then(|mut other| other.claim());
    assert!(matches!(other, Err(StoreError::InUse)), "one process at a time");
    drop(store);
    let mut store = Store::open(&place).expect("opened again");
    store.claim().expect("served");
    assert_eq!(store.results(done).expect("there"), "{}");
    assert!(matches!(store.results(cut), Err(StoreError::Missing("result"))));
    assert_eq!(store.run(cut).expect("there").state, RunState::Interrupted);
    assert_eq!(store.integrity().expect("read"), "ok");
}

fn runs_are_named_and_deleted(places: Places<'_>) {
    let (mut store, _, scenario) = with_versions(places, &["a"]);
    let run = store.add_run(scenario, 1, "study", "", "me").expect("queued");
    assert!(matches!(store.delete_run(run, "me"), Err(StoreError::AtWork)));
    store.end_run(run, RunState::Failed, "why", None).expect("ended");
    assert_eq!(store.rename_run(run, " larger plant ", "me").expect("named").name, "larger plant");
    assert!(matches!(store.rename_run(run, "two\nlines", "me"), Err(StoreError::Name(_))));
    assert!(matches!(store.rename_run(run + 1, "x", "me"), Err(StoreError::Missing("run"))));
    assert_eq!(store.runs().expect("list")[0].name, "larger plant");
    store.delete_run(run, "me").expect("deleted");
    assert!(store.runs().expect("list").is_empty());
    assert!(matches!(store.delete_run(run, "me"), Err(StoreError::Missing("run"))));
}

fn role_of(store: &mut Store, name: &str) -> Option<Role> {
    match store.named(name).expect("read") {
        Known::Person(person) => Some(person.role),
        _ => None,
    }
}

fn people_have_roles_and_one_stays_administrator(places: Places<'_>) {
    let mut store = new(places);
    assert_eq!(store.known(None).expect("read"), Known::NoUsers);
    let first = store.add_person("li", Role::Viewer, "hash", "me");
    assert!(matches!(first, Err(StoreError::LastAdministrator)), "{first:?}");
    assert_eq!(store.known(None).expect("read"), Known::NoUsers, "nothing is left of it");
    store.add_person("wang", Role::Administrator, "hash", "me").expect("added");
    store.add_person("沈", Role::Viewer, "hash", "wang").expect("added");
    let twice = store.add_person("wang", Role::Viewer, "hash", "wang");
    assert!(matches!(twice, Err(StoreError::Name(_))), "{twice:?}");
    for refused in
        [store.set_role("wang", Role::Analyst, "wang"), store.remove_person("wang", "wang")]
    {
        assert!(matches!(refused, Err(StoreError::LastAdministrator)), "{refused:?}");
    }
    assert_eq!(role_of(&mut store, "wang"), Some(Role::Administrator));
    store.set_role("沈", Role::Administrator, "wang").expect("changed");
    store.remove_person("wang", "沈").expect("removed");
    assert_eq!(role_of(&mut store, "wang"), None);
    let people = store.people().expect("list");
    assert_eq!((people.len(), people[0].name.as_str()), (1, "沈"));
    store.remove_person("沈", "沈").expect("the very last one may go");
    assert!(matches!(store.set_role("沈", Role::Viewer, "x"), Err(StoreError::Missing("user"))));
}

fn sessions_begin_with_a_password_and_end_with_what_changes(places: Places<'_>) {
    let mut store = new(places);
    for (name, password) in
        [("wang", "short"), ("wang", "wang-wang-1"), ("verylongname1", "verylongname1")]
    {
        let refused = hash(name, password);
        assert!(matches!(refused, Err(StoreError::Password(_))), "{password}");
    }
    let kept = hash("wang", "correct horse battery").expect("hashed");
    assert!(kept.starts_with("$argon2id$") && !kept.contains("horse"), "{kept}");
    assert_ne!(kept, hash("wang", "correct horse battery").expect("hashed"), "salted");
    store.add_person("wang", Role::Administrator, &kept, "me").expect("added");
    assert!(store.check_of("wang").expect("read")("correct horse battery"));
    assert!(!store.check_of("wang").expect("read")("correct horse batterz"));
    assert!(!store.check_of("nobody").expect("read")("correct horse battery"));

    let person = Person { name: "wang".to_owned(), role: Role::Administrator };
    assert_eq!(store.begin_session("wang", "token").expect("begun"), person);
    assert_eq!(store.known(Some("token")).expect("read"), Known::Person(person.clone()));
    assert_eq!(store.known(Some("tokem")).expect("read"), Known::Nobody);
    assert_eq!(store.known(None).expect("read"), Known::Nobody);
    assert!(!store.people().expect("list")[0].seen.is_empty());
    store.end_session("token", "wang").expect("ended");
    assert_eq!(store.known(Some("token")).expect("read"), Known::Nobody);
    let ends: [&dyn Fn(&mut Store); 3] = [
        &|store| store.set_password("wang", &kept, "wang").expect("set"),
        &|store| store.set_role("wang", Role::Administrator, "wang").expect("set"),
        &|store| store.remove_person("wang", "wang").expect("removed"),
    ];
    for end in ends {
        store.begin_session("wang", "token").expect("begun");
        end(&mut store);
        assert!(!matches!(store.known(Some("token")).expect("read"), Known::Person(_)));
    }
}

fn every_change_is_in_the_audit(places: Places<'_>) {
    let (mut store, study, scenario) = with_versions(places, &["a", "b"]);
    store.undo(scenario, "li").expect("undone");
    store.redo(scenario, "li").expect("redone");
    store.add_scenario(study, "other", &draft("c")).expect("added");
    let run = store.add_run(scenario, 2, "study", "", "li").expect("queued");
    assert!(store.save(scenario, 1, &draft("late")).is_err());
    let files = store.export(study).expect("files");
    assert!(store.import(&files, "li").is_err(), "the name is taken");
    store.note("li", "log-in refused", "").expect("noted");
    let entries = store.audit(None).expect("read");
    let told: Vec<String> = entries
        .iter()
        .rev()
        .map(|entry| format!("{} {} {}", entry.person, entry.what, entry.subject))
        .collect();
    let run = format!("li run study #{run}: S, main, version 2");
    let expected = [
        "me add study S",
        "me save S, main, version 2",
        "li undo S, main, version 1",
        "li redo S, main, version 2",
        "me add scenario S, other",
        &run,
        "li log-in refused ",
    ];
    assert_eq!(told, expected, "what was refused is not in it");
    let older = store.audit(Some(entries[2].id)).expect("read");
    assert_eq!(older, entries[3..]);
    assert!(entries[0].at.ends_with('Z') && entries[0].at.len() == 24, "{}", entries[0].at);
}

fn one_process_serves_and_others_may_look(server: &Server) {
    let place = server.database();
    let mut serving = Store::open(&place).expect("opened");
    serving.claim().expect("served");
    let mut other = Store::open(&place).expect("a command beside it");
    other.add_person("wang", Role::Administrator, "hash", "me").expect("added");
    assert_eq!(serving.people().expect("list").len(), 1);
    // Two that change one scenario at once: one wins, and the other is told.
    let (_, scenario) = serving.add_study("S", "main", &draft("a")).expect("new");
    std::thread::scope(|scope| {
        let threads: Vec<_> = [serving, other]
            .into_iter()
            .map(|mut store| scope.spawn(move || store.save(scenario, 1, &draft("b"))))
            .collect();
        let ended: Vec<_> = threads.into_iter().map(|it| it.join().expect("no panic")).collect();
        assert_eq!(ended.iter().filter(|it| matches!(it, Ok(2))).count(), 1, "{ended:?}");
        let told = |it: &&Result<_, _>| matches!(it, Err(StoreError::Changed { head: 2 }));
        assert_eq!(ended.iter().filter(told).count(), 1, "{ended:?}");
    });
}

fn a_connection_that_breaks_is_made_anew(server: &Server) {
    let place = server.database();
    let mut store = Store::open(&place).expect("opened");
    store.claim().expect("served");
    let (_, scenario) = store.add_study("S", "main", &draft("a")).expect("new");
    server.cut();
    assert_eq!(store.save(scenario, 1, &draft("b")).expect("saved"), 2);
    server.cut();
    assert_eq!(head_text(&mut store, scenario), "b");
    let other = Store::open(&place).and_then(|mut other| other.claim());
    assert!(matches!(other, Err(StoreError::InUse)), "it serves again: {other:?}");
}

#[test]
fn a_store_of_a_later_program_is_refused() {
    let folder = std::env::temp_dir().join(format!("ironbelt-later-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("later.sqlite");
    let connection = rusqlite::Connection::open(&path).expect("opened");
    connection.pragma_update(None, "user_version", 99).expect("written");
    drop(connection);
    let refused = Store::open_file(&path);
    assert!(matches!(refused, Err(StoreError::Newer { found: 99, .. })), "{refused:?}");
    std::fs::remove_dir_all(&folder).expect("removed");
}

/// The layout of the first release, with a study in it.
const FIRST: &str = "CREATE TABLE study (
         id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, created TEXT NOT NULL) STRICT;
     CREATE TABLE scenario (
         id INTEGER PRIMARY KEY, study INTEGER NOT NULL REFERENCES study (id),
         name TEXT NOT NULL, head INTEGER REFERENCES version (id), UNIQUE (study, name)) STRICT;
     CREATE TABLE version (
         id INTEGER PRIMARY KEY, scenario INTEGER NOT NULL REFERENCES scenario (id),
         number INTEGER NOT NULL, parent INTEGER, text TEXT NOT NULL, companions TEXT NOT NULL,
         note TEXT NOT NULL, author TEXT NOT NULL, created TEXT NOT NULL,
         UNIQUE (scenario, number)) STRICT;
     CREATE TABLE change (
         id INTEGER PRIMARY KEY, scenario INTEGER NOT NULL REFERENCES scenario (id),
         number INTEGER NOT NULL, what TEXT NOT NULL, author TEXT NOT NULL,
         at TEXT NOT NULL) STRICT;
     CREATE TABLE run (
         id INTEGER PRIMARY KEY, scenario INTEGER NOT NULL REFERENCES scenario (id),
         number INTEGER NOT NULL, kind TEXT NOT NULL, settings TEXT NOT NULL, state TEXT NOT NULL,
         message TEXT NOT NULL, created TEXT NOT NULL, ended TEXT NOT NULL,
         results TEXT) STRICT;
     CREATE INDEX version_of_scenario ON version (scenario, number);
     CREATE INDEX run_of_scenario ON run (scenario, id);
     INSERT INTO study VALUES (1, 'S', '2026'); INSERT INTO scenario VALUES (1, 1, 'main', NULL);
     INSERT INTO version VALUES (1, 1, 1, NULL, 'old', '{}', '', 'me', '2026');
     UPDATE scenario SET head = 1;
     INSERT INTO run VALUES (1, 1, 1, 'study', '', 'done', '', '2026', '2026', '{}');
     PRAGMA user_version = 1;";

#[test]
fn a_store_of_the_first_release_is_brought_up_to_date() {
    let folder = std::env::temp_dir().join(format!("ironbelt-first-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("first.sqlite");
    rusqlite::Connection::open(&path).and_then(|it| it.execute_batch(FIRST)).expect("written");
    let mut store = Store::open_file(&path).expect("opened");
    assert_eq!(head_text(&mut store, 1), "old");
    assert_eq!(store.save(1, 1, &draft("new")).expect("saved"), 2);
    assert_eq!(
        (store.runs().expect("list")[0].name.as_str(), store.results(1).expect("kept").as_str()),
        ("", "{}")
    );
    store.add_person("wang", Role::Administrator, "hash", "me").expect("added");
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[cfg(unix)]
#[test]
fn a_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = std::env::temp_dir().join(format!("ironbelt-rights-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut store = Store::open_file(&folder.join("store.sqlite")).expect("opened");
    store.add_study("S", "main", &draft("a")).expect("new");
    let mut seen = 0;
    for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
        let mode = entry.metadata().expect("there").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", entry.path());
        seen += 1;
    }
    assert!(seen >= 2, "the file and its log");
    drop(store);
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn addresses_are_read_and_shown_without_passwords() {
    let place = |text: &str| text.parse::<Place>().expect("any text");
    let far = place("postgres://me:secret@db.example.org/plans?connect_timeout=1");
    assert_eq!(far.to_string(), "postgres://db.example.org/plans");
    assert_eq!(format!("{far:?}"), "postgres://db.example.org/plans");
    assert_eq!(place("plans.sqlite"), Place::File("plans.sqlite".into()));
    for text in ["postgres://db.example.org/plans", "postgres:///plans", "postgres://h:x/p"] {
        let refused = Store::open(&place(text));
        assert!(matches!(refused, Err(StoreError::Address(_))), "{text}: {refused:?}");
    }
    let absent = Store::open(&place("postgres://me@127.0.0.1:1/plans"));
    assert!(matches!(absent, Err(StoreError::Database(_))), "{absent:?}");
}
