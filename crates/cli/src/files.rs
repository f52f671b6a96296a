//! Files in and out: a file is there whole or not at all.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use formats::table_folder::Part;
use report::document::Document;

use crate::{INPUT, Stop};

/// The text of a file that the user named.
pub(crate) fn read(path: &Path) -> Result<String, Stop> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        let shown = path.display();
        Stop::new(INPUT, format!("error[E0300]: cannot read `{shown}`: {error}\n  = help: give the path of a text file"))
    })?;
    Ok(without_mark(text))
}

/// A text without the mark that some editors put before UTF-8.
pub(crate) fn without_mark(text: String) -> String {
    text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)
}

/// Writes one file, under another name first, into a folder that is made if it is not there.
pub(crate) fn write_bytes(path: &Path, content: &[u8]) -> Result<(), Stop> {
    let failed =
        |error: std::io::Error| Stop::new(1, format!("cannot write `{}`: {error}", path.display()));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let unfinished = path.with_file_name(format!(".{name}.unfinished"));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(&unfinished, content).map_err(failed)?;
    std::fs::rename(&unfinished, path).map_err(failed)
}

/// Writes a document: Word by the ending .docx, else a page that prints.
pub(crate) fn write_document(path: &Path, document: &Document) -> Result<(), Stop> {
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("docx")) {
        let word = document.word().map_err(|why| Stop::new(1, format!("error: {why}")))?;
        write_bytes(path, &word)
    } else {
        write_bytes(path, document.html().as_bytes())
    }
}

/// Writes files into a folder, each under another name first.
pub(crate) fn write(folder: &Path, files: &BTreeMap<String, String>) -> Result<(), Stop> {
    for (name, text) in files {
        write_bytes(&folder.join(name), text.as_bytes())?;
    }
    Ok(())
}

/// Writes the parts of an input-output table into a folder and folders in it, each under another name first.
pub(crate) fn write_parts(folder: &Path, parts: &[Part<'_>]) -> Result<(), Stop> {
    let failed = |path: &Path, error: &std::io::Error| {
        Stop::new(1, format!("cannot write `{}`: {error}", path.display()))
    };
    for part in parts {
        let finished = folder.join(&part.name);
        let name = finished.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let unfinished = finished.with_file_name(format!(".{name}.unfinished"));
        let write = || {
            finished.parent().map_or(Ok(()), std::fs::create_dir_all)?;
            let mut file = BufWriter::new(File::create(&unfinished)?);
            part.write_to(&mut file)?;
            file.flush()?;
            std::fs::rename(&unfinished, &finished)
        };
        write().map_err(|error| failed(&finished, &error))?;
    }
    Ok(())
}
