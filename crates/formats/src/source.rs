//! Where the files of a database are: a folder, a zip file, one file, or memory.
//!
//! Zip files in a folder are looked into: `a.zip` with `b.txt` gives the name `a.zip/b.txt`.
//! Contents are handed to the reader as a stream, so that a table larger than memory for its text
//! can be read.
//! Not here: what is in the files.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Cursor, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zip::ZipArchive;

/// Folders within folders that are looked into.
const DEEPEST: usize = 4;
/// Files listed at most.
const MOST_FILES: usize = 100_000;
/// Bytes of a file that is read as a whole: workbooks and small texts.
pub const LARGEST_WHOLE: u64 = 1 << 30;

/// Files by name.
#[derive(Debug, Clone, Default)]
pub struct Source {
    entries: BTreeMap<String, Entry>,
}

#[derive(Debug, Clone)]
struct Entry {
    at: At,
    /// Position in the zip file, when it is in one.
    inner: Option<usize>,
}

#[derive(Debug, Clone)]
enum At {
    File(PathBuf),
    Bytes(Arc<[u8]>),
}

impl Source {
    /// The files of a folder, the contents of a zip file, or one file.
    ///
    /// # Errors
    /// The folder or file cannot be read, or a zip file is damaged.
    pub fn disk(path: &Path) -> io::Result<Self> {
        let mut source = Self::default();
        if path.is_dir() {
            source.add_folder(path, "", 0)?;
        } else {
            let name =
                path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into());
            let name_is_zip = is_zip(&name);
            source.add(&name, At::File(path.to_owned()))?;
            if name_is_zip {
                source.shorten(&format!("{name}/"));
            }
        }
        Ok(source)
    }

    /// Files in memory.
    ///
    /// # Errors
    /// A zip file among them is damaged.
    pub fn memory(
        files: impl IntoIterator<Item = (impl Into<String>, impl Into<Vec<u8>>)>,
    ) -> io::Result<Self> {
        let mut source = Self::default();
        for (name, bytes) in files {
            source.add(&name.into(), At::Bytes(bytes.into().into()))?;
        }
        Ok(source)
    }

    /// Names of the files, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// The names whose last part, in lower case, is accepted.
    pub fn find(&self, mut accept: impl FnMut(&str) -> bool) -> Vec<&str> {
        self.names().filter(|name| accept(&last_part(name).to_lowercase())).collect()
    }

    /// Hands the content of a file to `take`.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn read<T>(&self, name: &str, take: impl FnOnce(&mut dyn Read) -> T) -> io::Result<T> {
        let missing = || io::Error::new(io::ErrorKind::NotFound, "no such file");
        let entry = self.entries.get(name).ok_or_else(missing)?;
        match (&entry.at, entry.inner) {
            (At::File(path), None) => Ok(take(&mut File::open(path)?)),
            (At::Bytes(bytes), None) => Ok(take(&mut &bytes[..])),
            (At::File(path), Some(inner)) => from_zip(File::open(path)?, inner, take),
            (At::Bytes(bytes), Some(inner)) => from_zip(Cursor::new(bytes), inner, take),
        }
    }

    /// The whole content of a file of at most [`LARGEST_WHOLE`] bytes.
    ///
    /// # Errors
    /// The file cannot be read or is larger.
    pub fn bytes(&self, name: &str) -> io::Result<Vec<u8>> {
        self.read(name, |input| {
            let mut bytes = Vec::new();
            input.take(LARGEST_WHOLE + 1).read_to_end(&mut bytes)?;
            if bytes.len() as u64 > LARGEST_WHOLE {
                return Err(io::Error::new(io::ErrorKind::FileTooLarge, "larger than 1 GiB"));
            }
            Ok(bytes)
        })?
    }

    fn add_folder(&mut self, folder: &Path, prefix: &str, depth: usize) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let Some(last) = path.file_name() else { continue };
            let name = format!("{prefix}{}", last.to_string_lossy());
            if path.is_dir() {
                if depth < DEEPEST {
                    self.add_folder(&path, &format!("{name}/"), depth + 1)?;
                }
            } else {
                self.add(&name, At::File(path))?;
            }
        }
        Ok(())
    }

    fn add(&mut self, name: &str, at: At) -> io::Result<()> {
        if self.entries.len() >= MOST_FILES {
            return Err(io::Error::other(format!("more than {MOST_FILES} files")));
        }
        if is_zip(name) {
            let inner = match &at {
                At::File(path) => list(File::open(path)?),
                At::Bytes(bytes) => list(Cursor::new(bytes)),
            };
            let inner =
                inner.map_err(|error| io::Error::new(error.kind(), format!("{name}: {error}")))?;
            for (index, inner) in inner {
                let entry = Entry { at: at.clone(), inner: Some(index) };
                self.entries.insert(format!("{name}/{inner}"), entry);
            }
            return Ok(());
        }
        self.entries.insert(name.to_owned(), Entry { at, inner: None });
        Ok(())
    }

    fn shorten(&mut self, prefix: &str) {
        let entries = std::mem::take(&mut self.entries).into_iter();
        let short = |name: String| name.strip_prefix(prefix).map_or(name.clone(), str::to_owned);
        self.entries = entries.map(|(name, entry)| (short(name), entry)).collect();
    }
}

/// What stands after the last `/`.
pub(crate) fn last_part(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// Whether a name ends with `.extension`, in upper or lower case.
pub(crate) fn has_extension(name: &str, extension: &str) -> bool {
    Path::new(name).extension().is_some_and(|found| found.eq_ignore_ascii_case(extension))
}

fn is_zip(name: &str) -> bool {
    has_extension(name, "zip")
}

/// Positions and names of the files in a zip file.
fn list(file: impl Read + Seek) -> io::Result<Vec<(usize, String)>> {
    let archive = ZipArchive::new(file)?;
    let mut names = Vec::new();
    for at in 0..archive.len().min(MOST_FILES) {
        let Some(name) = archive.name_for_index(at) else { continue };
        let name = name?;
        if !name.ends_with('/') {
            names.push((at, name.into_owned()));
        }
    }
    Ok(names)
}

fn from_zip<T>(
    file: impl Read + Seek,
    inner: usize,
    take: impl FnOnce(&mut dyn Read) -> T,
) -> io::Result<T> {
    let mut archive = ZipArchive::new(file)?;
    let mut file = archive.by_index(inner)?;
    Ok(take(&mut file))
}
