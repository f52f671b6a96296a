//! The workspace in a real browser: every view is drawn from a real server, in both languages.
//!
//! Needs Chromium on the path; without it the test says aloud that it was skipped. What a person
//! does on the page (moving levers, saving, running, by keyboard too) is in
//! `crates/workspace/tests/browser`; its packages are installed where npm is there and can reach them.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// What Chromium needs to run without a screen, as any user, and without calling home.
const QUIET: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
];

fn chromium() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let folders: Vec<PathBuf> =
        std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
    let of =
        |name: &&str| folders.iter().map(|folder| folder.join(name)).find(|path| path.is_file());
    names.iter().find_map(of)
}

/// A workspace that ends with the test.
struct Server {
    process: Child,
    folder: PathBuf,
    url: String,
}

impl Server {
    fn start(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("ironbelt-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let mut process = Command::new(env!("CARGO_BIN_EXE_ironbelt"))
            .args(["serve", "--no-open", "--port", "0", "--store"])
            .arg(folder.join("store.sqlite"))
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut line = String::new();
        let output = process.stdout.take().expect("its output");
        BufReader::new(output).read_line(&mut line).expect("a line");
        let url = line.trim().strip_prefix("Workspace  ").expect("an address").to_owned();
        Self { process, folder, url }
    }

    /// The document after its scripts have run.
    fn document(&self, browser: &Path, view: &str, language: &str) -> String {
        let output = Command::new(browser)
            .args(QUIET)
            .arg(format!("--user-data-dir={}", self.folder.join("profile").display()))
            .arg(format!("--accept-lang={language}"))
            .args(["--virtual-time-budget=30000", "--dump-dom"])
            .arg(format!("{}/#/{view}", self.url))
            .output()
            .expect("the browser runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn every_view_is_drawn_in_both_languages() {
    let Some(browser) = chromium() else {
        skipped("there is no Chromium on the path, so no view was looked at");
        return;
    };
    let server = Server::start("views");
    for (view, language, words) in [
        (
            "region",
            "en-US",
            ["Rest of Liaoning", "Location quotient: Liaoning", "Flows of products"],
        ),
        ("region", "zh-CN", ["沈阳", "区位商", "农林牧渔"]),
        (
            "region?area=Dalian",
            "en-US",
            ["Industries: Value added, Dalian", "<polygon", "Sold: abroad"],
        ),
        (
            "programme",
            "en-US",
            ["BMW battery plant, phase 2", "type=\"range\"", "Zone area Yingkou"],
        ),
        ("programme", "zh-CN", ["投资项目", "通关节省天数", "保存"]),
        ("results", "en-US", ["There is no run of this scenario yet.", "Run version 1", "Results"]),
        ("targets", "en-US", ["Draws", "Run version 1", "Targets"]),
        ("compare", "en-US", ["Nothing to compare yet", "Compare", "Select"]),
        ("data", "en-US", ["Identities", "sigma_regions", "SHA-256"]),
    ] {
        let document = server.document(&browser, view, language);
        for word in words {
            assert!(document.contains(word), "{view} in {language} lacks `{word}`:\n{document}");
        }
        assert!(!document.contains("class=\"problem\""), "{view} shows a problem");
    }
}

/// Says that a test was not made, past the capture of the test harness.
fn skipped(why: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

/// The folder of the browser test with its packages, installed as the lock file says.
fn packages() -> Option<PathBuf> {
    static ONCE: Mutex<()> = Mutex::new(());
    let _turn = ONCE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../workspace/tests/browser");
    // npm writes this file last.
    let (lock, done) =
        (folder.join("package-lock.json"), folder.join("node_modules/.package-lock.json"));
    let age = |path: &Path| path.metadata().and_then(|it| it.modified()).ok();
    if age(&done) >= age(&lock) {
        return Some(folder);
    }
    let options = ["ci", "--no-audit", "--no-fund", "--fetch-retries=0", "--fetch-timeout=20000"];
    let ended = Command::new("npm").args(options).current_dir(&folder).output();
    ended.is_ok_and(|it| it.status.success()).then_some(folder)
}

#[test]
fn the_types_of_the_page_hold() {
    let Some(folder) = packages() else {
        skipped("npm is missing or cannot install packages, so the page's types were not checked");
        return;
    };
    let ended = Command::new("npm").args(["run", "--silent", "types"]).current_dir(folder).output();
    let ended = ended.expect("npm runs");
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stdout));
}

#[test]
fn a_person_can_work_on_the_page() {
    let (Some(browser), Some(folder)) = (chromium(), packages()) else {
        skipped("Chromium or npm is missing, so nobody worked on the page");
        return;
    };
    let server = Server::start("person");
    let ended = Command::new("node")
        .arg(folder.join("person.mjs"))
        .arg(&server.url)
        .env("CHROMIUM", browser)
        .output()
        .expect("node runs");
    let told = String::from_utf8_lossy(&ended.stdout);
    println!("{told}");
    assert!(ended.status.success(), "{told}\n{}", String::from_utf8_lossy(&ended.stderr));
}
