//! A study as a folder of text files, and back.
//!
//! | file                                 | what                                                |
//! |--------------------------------------|-----------------------------------------------------|
//! | `workspace.json`                     | names, and of every version number, parent, note, author, date |
//! | `scenarios/01/study.toml`            | the text that counts now; `ironbelt run` takes it    |
//! | `scenarios/01/NAME`                  | what stands beside it (a table of projects)          |
//! | `scenarios/01/history/0001/study.toml` | every version, with what stands beside it          |
//!
//! Export after import gives the same files. A `study.toml` that was edited in the folder becomes a
//! new version on import. Runs are not exported: they follow from the texts.
//! Not here: opening files.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Companions, Draft, Store, StoreError, Version, insert_scenario, insert_study, insert_version,
    people, save, set_head, usable,
};

/// Version of the layout of the folder.
pub const FORMAT: u32 = 1;

/// Name of the file that lists everything.
pub const MANIFEST: &str = "workspace.json";

const STUDY: &str = "study.toml";

/// Files of a folder: path with `/`, text.
pub type Files = BTreeMap<String, String>;

#[derive(Serialize, Deserialize)]
struct Manifest {
    format: u32,
    study: String,
    scenarios: Vec<ManifestScenario>,
}

#[derive(Serialize, Deserialize)]
struct ManifestScenario {
    name: String,
    head: i64,
    versions: Vec<ManifestVersion>,
}

#[derive(Serialize, Deserialize)]
struct ManifestVersion {
    number: i64,
    parent: Option<i64>,
    note: String,
    author: String,
    created: String,
    companions: Vec<String>,
}

/// Whether a name is a plain file name that can stand beside a study file.
pub fn is_plain(name: &str) -> bool {
    let letters = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ');
    !name.is_empty()
        && name.len() <= 100
        && name.chars().all(letters)
        && !name.starts_with('.')
        && name != STUDY
}

impl Store {
    /// The files of a study.
    ///
    /// # Errors
    /// When there is no such study.
    pub fn export(&mut self, study: i64) -> Result<Files, StoreError> {
        let entry = self.studies()?.into_iter().find(|each| each.id == study);
        let entry = entry.ok_or(StoreError::Missing("study"))?;
        let mut files = Files::new();
        let mut scenarios = Vec::new();
        for (at, scenario) in entry.scenarios.iter().enumerate() {
            let folder = format!("scenarios/{:02}", at + 1);
            let versions = self.versions(scenario.id)?;
            for version in &versions {
                let history = format!("{folder}/history/{:04}", version.number);
                put(&mut files, &history, version);
                if version.number == scenario.head {
                    put(&mut files, &folder, version);
                }
            }
            scenarios.push(ManifestScenario {
                name: scenario.name.clone(),
                head: scenario.head,
                versions: versions.into_iter().map(listed).collect(),
            });
        }
        let manifest = Manifest { format: FORMAT, study: entry.name, scenarios };
        let text = serde_json::to_string_pretty(&manifest).expect("plain data serialises");
        files.insert(MANIFEST.to_owned(), text + "\n");
        Ok(files)
    }

    /// Makes a study from the files of a folder; gives its identity.
    ///
    /// # Errors
    /// When the files are not those of an exported study, or the name is taken.
    pub fn import(&mut self, files: &Files, author: &str) -> Result<i64, StoreError> {
        let broken = |why: String| StoreError::Folder(why);
        let text = files.get(MANIFEST).ok_or_else(|| broken(format!("it has no {MANIFEST}")))?;
        let manifest: Manifest =
            serde_json::from_str(text).map_err(|error| broken(format!("{MANIFEST}: {error}")))?;
        if manifest.format != FORMAT {
            let found = manifest.format;
            return Err(broken(format!("layout {found}, this program knows {FORMAT}")));
        }
        if manifest.scenarios.is_empty() {
            return Err(broken("it has no scenario".to_owned()));
        }
        let study_name = usable(&manifest.study)?;
        self.database.transaction(|database| {
            let study = insert_study(database, study_name)?;
            for (at, scenario) in manifest.scenarios.iter().enumerate() {
                let folder = format!("scenarios/{:02}", at + 1);
                let id = insert_scenario(database, study, usable(&scenario.name)?)?;
                let mut head = None;
                for listed in &scenario.versions {
                    let version = read_version(files, &folder, listed)?;
                    let twice = || broken(format!("version {} is listed twice", version.number));
                    match insert_version(database, id, &version) {
                        Err(StoreError::Taken) => return Err(twice()),
                        made => made?,
                    }
                    head = head.or((listed.number == scenario.head).then_some(version));
                }
                let head = head.ok_or_else(|| {
                    broken(format!("scenario `{}` has no version {}", scenario.name, scenario.head))
                })?;
                set_head(database, id, head.number, "import", author)?;
                if let Some(draft) = edited(files, &folder, &head, author) {
                    save(database, id, Some(head.number), &draft, "save")?;
                }
            }
            people::note(database, author, "import study", study_name)?;
            Ok(study)
        })
    }
}

fn put(files: &mut Files, folder: &str, version: &Version) {
    files.insert(format!("{folder}/{STUDY}"), version.text.clone());
    for (name, text) in &version.companions {
        files.insert(format!("{folder}/{name}"), text.clone());
    }
}

fn listed(version: Version) -> ManifestVersion {
    ManifestVersion {
        number: version.number,
        parent: version.parent,
        note: version.note,
        author: version.author,
        created: version.created,
        companions: version.companions.into_keys().collect(),
    }
}

fn read_version(
    files: &Files,
    folder: &str,
    listed: &ManifestVersion,
) -> Result<Version, StoreError> {
    let history = format!("{folder}/history/{:04}", listed.number);
    let find = |name: &str| {
        let path = format!("{history}/{name}");
        files.get(&path).cloned().ok_or_else(|| StoreError::Folder(format!("`{path}` is missing")))
    };
    let mut companions = Companions::new();
    for name in &listed.companions {
        if !is_plain(name) {
            return Err(StoreError::Folder(format!("`{name}` is no plain file name")));
        }
        companions.insert(name.clone(), find(name)?);
    }
    Ok(Version {
        number: listed.number,
        parent: listed.parent,
        text: find(STUDY)?,
        companions,
        note: listed.note.clone(),
        author: listed.author.clone(),
        created: listed.created.clone(),
    })
}

/// The text that counts, when somebody edited it in the folder.
fn edited<'a>(
    files: &'a Files,
    folder: &str,
    head: &Version,
    author: &'a str,
) -> Option<Draft<'a>> {
    let text = files.get(&format!("{folder}/{STUDY}"))?;
    let beside = |name: &String| files.get(&format!("{folder}/{name}")).cloned();
    let companions: Companions = head
        .companions
        .iter()
        .map(|(name, text)| (name.clone(), beside(name).unwrap_or_else(|| text.clone())))
        .collect();
    let same = *text == head.text && companions == head.companions;
    (!same).then_some(Draft { text, companions, note: "edited in the folder", author })
}
