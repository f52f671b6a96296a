//! Files beside a study file: on disk, or in memory for front ends that carry a study elsewhere.
//!
//! Names are relative to the study file, with `/` between their parts.
//! Not here: what is in the files (`crate::beside`, `crate::inputs`).

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Where the files beside a study are.
pub trait Folder {
    /// Content of a file.
    ///
    /// # Errors
    /// Why it cannot be read, in words.
    fn read(&self, file: &str) -> Result<Vec<u8>, String>;

    /// Names of the files that lie directly in a folder.
    ///
    /// # Errors
    /// Why it cannot be listed, in words.
    fn list(&self, folder: &str) -> Result<Vec<String>, String>;
}

/// A folder on disk.
#[derive(Debug, Clone)]
pub struct Disk(pub PathBuf);

impl Folder for Disk {
    fn read(&self, file: &str) -> Result<Vec<u8>, String> {
        std::fs::read(self.0.join(file)).map_err(|error| error.to_string())
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, String> {
        let entries = std::fs::read_dir(self.0.join(folder)).map_err(|error| error.to_string())?;
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| error.to_string())?;
            if entry.path().is_file() {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        names.sort();
        Ok(names)
    }
}

/// Files in memory, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Memory(pub BTreeMap<String, Vec<u8>>);

impl Folder for Memory {
    fn read(&self, file: &str) -> Result<Vec<u8>, String> {
        self.0.get(file).cloned().ok_or_else(|| "it is not among the files of the study".to_owned())
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, String> {
        let inside = format!("{}/", folder.trim_end_matches('/'));
        let names = self.0.keys().filter_map(|name| name.strip_prefix(&inside));
        let names: Vec<String> =
            names.filter(|name| !name.contains('/')).map(str::to_owned).collect();
        if names.is_empty() {
            return Err("it is not among the files of the study".to_owned());
        }
        Ok(names)
    }
}

/// Keeps a copy of everything that is read through it.
pub(crate) struct Recording<'f> {
    folder: &'f dyn Folder,
    read: RefCell<Memory>,
}

impl<'f> Recording<'f> {
    pub(crate) fn of(folder: &'f dyn Folder) -> Self {
        Self { folder, read: RefCell::default() }
    }

    /// What was read.
    pub(crate) fn into_memory(self) -> Memory {
        self.read.into_inner()
    }
}

impl Folder for Recording<'_> {
    fn read(&self, file: &str) -> Result<Vec<u8>, String> {
        let bytes = self.folder.read(file)?;
        self.read.borrow_mut().0.insert(file.to_owned(), bytes.clone());
        Ok(bytes)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, String> {
        self.folder.list(folder)
    }
}

/// A name that is relative to the folder of another file.
pub(crate) fn beside(file: &str, name: &str) -> String {
    match file.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{name}"),
        None => name.to_owned(),
    }
}
