//! A process that is killed loses nothing it has confirmed.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use workspace::store::{Draft, Store};

/// Set in the process that is killed: the store it writes to.
const STORE: &str = "IRONBELT_TEST_STORE";
/// Confirmed versions before the kill.
const CONFIRMED: u32 = 25;

fn draft(text: &str) -> Draft<'_> {
    Draft { text, note: "n", author: "a", ..Draft::default() }
}

/// Saves versions for ever and says after each one that it is saved.
fn write_for_ever(path: &Path) {
    let mut store = Store::open_file(path).expect("opened");
    let (_, scenario) = store.add_study("S", "main", &draft("version 1")).expect("made");
    for number in 2_i64.. {
        let text = format!("version {number}");
        let saved = store.save(scenario, number - 1, &draft(&text)).expect("saved");
        println!("saved {saved}");
    }
}

#[test]
fn what_was_confirmed_before_a_kill_is_there_after_it() {
    if let Some(path) = std::env::var_os(STORE) {
        return write_for_ever(Path::new(&path));
    }
    let folder = std::env::temp_dir().join(format!("ironbelt-durable-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("store.sqlite");
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "what_was_confirmed_before_a_kill_is_there_after_it", "--nocapture"])
        .env(STORE, &path)
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let confirmed = lines.map_while(Result::ok).filter(|line| line.starts_with("saved "));
    let last = confirmed.take(CONFIRMED as usize).last().expect("it saves");
    child.kill().expect("killed");
    child.wait().expect("gone");

    let last: i64 = last["saved ".len()..].parse().expect("a number");
    assert_eq!(last, i64::from(CONFIRMED) + 1);
    let mut store = Store::open_file(&path).expect("opened after the kill");
    assert_eq!(store.integrity().expect("read"), "ok");
    let versions = store.versions(1).expect("all");
    let count = i64::try_from(versions.len()).expect("few");
    assert!(count >= last, "{count} of {last}");
    for (number, version) in (1..).zip(&versions) {
        assert_eq!((version.number, version.text.clone()), (number, format!("version {number}")));
    }
    assert_eq!(store.head(1).expect("head").number, count);
    drop(store);
    std::fs::remove_dir_all(&folder).expect("removed");
}
