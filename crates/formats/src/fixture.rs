//! Files of the shared fixtures, for tests.

use std::io::Write;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::sample::Index;

/// Path of a file or folder under `../shared/data`, if it is there; a loud line if not.
pub(crate) fn path(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("SKIPPED: the fixture ../shared/data/{name} is not there");
    None
}

/// Bytes of such a file.
pub(crate) fn bytes(name: &str) -> Option<Vec<u8>> {
    Some(std::fs::read(path(name)?).expect("a fixture that is there can be read"))
}

/// Asserts that a number is the expected one to 1e-12 of it.
pub(crate) fn close(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() <= 1e-12 * expected.abs(), "{what}: {found}, not {expected}");
}

/// Files by name.
pub(crate) type InMemory = Vec<(String, Vec<u8>)>;

/// All files of such a folder (one level of folders deep), by name.
pub(crate) fn folder(name: &str) -> Option<InMemory> {
    let mut files = Vec::new();
    add(&path(name)?, "", &mut files);
    files.sort();
    Some(files)
}

fn add(folder: &Path, prefix: &str, files: &mut InMemory) {
    for entry in std::fs::read_dir(folder).expect("a fixture that is there can be read") {
        let path = entry.expect("a fixture that is there can be read").path();
        let name = format!("{prefix}{}", path.file_name().expect("a name").to_string_lossy());
        if path.is_dir() {
            add(&path, &format!("{name}/"), files);
        } else {
            files.push((name, std::fs::read(&path).expect("a fixture that is there can be read")));
        }
    }
}

/// Files of text.
pub(crate) fn texts(files: &[(&str, &str)]) -> InMemory {
    files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
}

/// A workbook (xlsx) with these sheets; texts that are numbers become numbers.
pub(crate) fn xlsx(sheets: &[(&str, &[Vec<String>])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut add = |name: &str, text: String| {
        archive.start_file(name, options).expect("memory takes it");
        archive.write_all(text.as_bytes()).expect("memory takes it");
    };
    let (main, office) = (
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    );
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let (mut list, mut links) = (Vec::new(), Vec::new());
    for (at, (name, rows)) in sheets.iter().enumerate() {
        let id = at + 1;
        list.push(format!("<sheet name=\"{name}\" sheetId=\"{id}\" r:id=\"rId{id}\"/>"));
        links.push(format!(
            "<Relationship Id=\"rId{id}\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet{id}.xml\"/>"
        ));
        let rows: Vec<String> =
            rows.iter().map(|row| ["<row>", &cells(row), "</row>"].concat()).collect();
        let data = rows.concat();
        let sheet =
            format!("<worksheet xmlns=\"{main}\"><sheetData>{data}</sheetData></worksheet>");
        add(&format!("xl/worksheets/sheet{id}.xml"), sheet);
    }
    let book = format!(
        "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets>{}</sheets></workbook>",
        list.concat()
    );
    add("xl/workbook.xml", book);
    add(
        "xl/_rels/workbook.xml.rels",
        format!("<Relationships xmlns=\"{package}\">{}</Relationships>", links.concat()),
    );
    let root = format!(
        "<Relationship Id=\"rId1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/>"
    );
    add("_rels/.rels", format!("<Relationships xmlns=\"{package}\">{root}</Relationships>"));
    add(
        "[Content_Types].xml",
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>"
            .to_owned(),
    );
    archive.finish().expect("memory takes it").into_inner()
}

fn cells(row: &[String]) -> String {
    let cell = |text: &String| match text.parse::<f64>() {
        Ok(_) => format!("<c><v>{text}</v></c>"),
        Err(_) if text.is_empty() => "<c/>".to_owned(),
        Err(_) => format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>"),
    };
    row.iter().map(cell).collect()
}

/// Rows of comma-separated texts.
pub(crate) fn rows(lines: &[&str]) -> Vec<Vec<String>> {
    lines.iter().map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

/// Damage to files: bytes changed, an end cut off, a file lost.
#[derive(Debug, Clone)]
pub(crate) struct Damage {
    edits: Vec<(Index, Index, u8)>,
    cut: Option<(Index, Index)>,
    lost: Option<Index>,
}

/// Any damage.
pub(crate) fn damage() -> impl Strategy<Value = Damage> {
    let edits = prop::collection::vec(any::<(Index, Index, u8)>(), 0..6);
    let parts =
        (edits, any::<Option<(Index, Index)>>(), prop::option::weighted(0.1, any::<Index>()));
    parts.prop_map(|(edits, cut, lost)| Damage { edits, cut, lost })
}

impl Damage {
    /// The files with this damage done to them.
    pub(crate) fn done_to(&self, files: &InMemory) -> InMemory {
        let mut files = files.clone();
        for (file, at, byte) in &self.edits {
            let bytes = &mut file.get_mut(&mut files).1;
            if !bytes.is_empty() {
                *at.get_mut(bytes) = *byte;
            }
        }
        if let Some((file, at)) = &self.cut {
            let bytes = &mut file.get_mut(&mut files).1;
            bytes.truncate(at.index(bytes.len() + 1));
        }
        if let Some(file) = &self.lost {
            files.remove(file.index(files.len()));
        }
        files
    }
}
