//! The package as a user gets it: a wheel in a fresh virtual environment, its tests, types, notebooks.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Oldest version of Python that the package is for.
const OLDEST: &str = "import sys; sys.exit(sys.version_info < (3, 10))";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Says it on the terminal, which the output of a passing test does not reach.
fn skipped(why: &str) {
    let line = format!("SKIPPED: {why}, so nobody used the Python package\n");
    let _ = std::io::stderr().write_all(line.as_bytes());
}

fn runs(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn output(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

fn succeeds(command: &mut Command) {
    let found = output(command);
    assert!(
        found.status.success(),
        "{command:?}\n{}\n{}",
        String::from_utf8_lossy(&found.stdout),
        String::from_utf8_lossy(&found.stderr)
    );
}

#[test]
fn the_wheel_works_in_a_fresh_environment() {
    let names = ["python3", "python"];
    let Some(python) = names.into_iter().find(|name| runs(name, &["-c", OLDEST])) else {
        return skipped("there is no Python of 3.10 or later");
    };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    let environment = folder.join("environment");
    if !runs(python, &["-m", "venv", &environment.to_string_lossy()]) {
        return skipped("Python cannot make a virtual environment");
    }
    let bin = environment.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let pip = |arguments: &[&str]| {
        let mut command = Command::new(bin.join("python"));
        command.args(["-m", "pip", "--disable-pip-version-check", "install", "--quiet"]);
        command.args(arguments);
        command
    };
    if !output(&mut pip(&["maturin>=1.7,<2"])).status.success() {
        return skipped("pip cannot install maturin (is there a network?)");
    }
    let wheels = folder.join("wheels");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder");
    succeeds(
        Command::new(bin.join("maturin"))
            .args(["build", "--release", "--out"])
            .arg(&wheels)
            .current_dir(root())
            .env("CARGO_TARGET_DIR", target),
    );
    let wheel = std::fs::read_dir(&wheels).expect("wheels").flatten().next().expect("a wheel");
    let wanted = format!("{}[test]", wheel.path().display());
    succeeds(&mut pip(&[&wanted]));

    let program = target.join("release/ironbelt");
    let mut tests = Command::new(bin.join("python"));
    tests.args(["-m", "pytest", "-q", "-rs"]).current_dir(root());
    if program.is_file() {
        tests.env("IRONBELT", &program);
    }
    succeeds(&mut tests);
    // Annotations agree with the code, and those of the native module with the module.
    succeeds(Command::new(bin.join("python")).args(["-m", "mypy"]).current_dir(root()));
    succeeds(
        Command::new(bin.join("python"))
            .args(["-m", "mypy.stubtest", "ironbelt._ironbelt"])
            .current_dir(&folder),
    );
}
