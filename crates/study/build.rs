//! The fingerprint of everything a path is computed by: sources of the crates below and of this one,
//! shipped data, versions of all libraries. Draws of one fingerprint may be put together.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// What counts, from the root of the workspace.
const PARTS: [&str; 7] = [
    "Cargo.lock",
    "data",
    "crates/accounts/src",
    "crates/equilibrium/src",
    "crates/economy/src",
    "crates/formats/src",
    "crates/study/src",
];

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    for part in PARTS {
        println!("cargo::rerun-if-changed={}", root.join(part).display());
        collect(&root.join(part), &mut files);
    }
    files.sort();
    let mut sum = Sha256::new();
    for file in files {
        let name = file.strip_prefix(&root).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        sum.update(name.as_bytes());
        // The same on systems that check text out with other ends of lines.
        let bytes = std::fs::read(&file).unwrap_or_default();
        sum.update(bytes.iter().copied().filter(|byte| *byte != b'\r').collect::<Vec<u8>>());
    }
    let digits: String = sum.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    println!("cargo::rustc-env=IRONBELT_FINGERPRINT={digits}");
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_file() {
        files.push(path.to_owned());
    }
    for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
        collect(&entry.path(), files);
    }
}
