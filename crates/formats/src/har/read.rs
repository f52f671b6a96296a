//! Bytes to headers.

use diagnostics::{Diagnostic, Findings};

use super::cells::{LARGEST_SPARSE, cells, plane};
use super::record::{Failed, Fields, Record, Records, integer, real, text};
use super::{
    Dimension, DimensionKind, HarFile, Header, LABEL, LARGEST_RANK, LONG_NAME, NAME, RealForm,
    Reals, Storage, Texts, Values,
};
use crate::bytes_place;

/// Reads a file; `file` is its name in findings.
///
/// # Errors
/// E1301: records are cut off or damaged; E1302: a header contradicts itself; E1303: a type that is
/// not supported; E1304: an array too large; E1309: a name twice. All findings of the file, each with
/// its byte (as column, from 1).
pub fn read(file: &str, bytes: &[u8]) -> Result<HarFile, Findings> {
    let mut findings = Findings::default();
    let mut records = match Records::split(file, bytes) {
        Ok(records) => records,
        Err(failed) => {
            findings.push(*failed);
            return Err(findings);
        }
    };
    let mut headers = Vec::new();
    let mut sparse_left = LARGEST_SPARSE;
    for part in parts(&records) {
        match header(&records, part, &mut sparse_left) {
            Ok(header) => headers.push((part[0].offset, header)),
            Err(failed) => findings.push(*failed),
        }
    }
    check_names(file, &headers, &mut findings);
    if let Some(broken) = records.broken.take() {
        // The header that was cut off is missing its records for that reason only.
        findings = last_removed_if_cut(&findings, &broken);
        findings.push(*broken);
    }
    if findings.has_errors() {
        return Err(findings);
    }
    let headers = headers.into_iter().map(|(_, header)| header).collect();
    Ok(HarFile { byte_order: records.order, headers })
}

/// The records of each header: the first is its name, the only kind of four bytes.
fn parts<'r, 'a>(records: &'r Records<'a>) -> impl Iterator<Item = &'r [Record<'a>]> {
    records.list.chunk_by(|_, next| next.body.len() != NAME)
}

fn last_removed_if_cut(findings: &Findings, broken: &Diagnostic) -> Findings {
    let mut kept = Findings::default();
    let end = broken.place.as_ref().map_or(0, |place| place.column);
    for finding in findings {
        let missing = finding.message.contains(CUT_OFF);
        let last = finding.place.as_ref().is_some_and(|place| place.column >= end);
        if !(missing && last) {
            kept.push(finding.clone());
        }
    }
    kept
}

/// Marks a finding about records that are not there.
const CUT_OFF: &str = "lacks its record with";

fn check_names(file: &str, headers: &[(usize, Header)], findings: &mut Findings) {
    for (at, (offset, header)) in headers.iter().enumerate() {
        let same = |(_, other): &&(usize, Header)| other.name.eq_ignore_ascii_case(&header.name);
        let Some((first, _)) = headers[..at].iter().find(same) else { continue };
        let message = format!("`{file}` has two headers `{}`", header.name);
        let label = format!("the first is at byte {first}");
        let finding = Diagnostic::error("E1309", message).at(bytes_place(file, *offset), label);
        findings.push(finding.help("give one of them another name; names do not tell case"));
    }
}

/// The records of one header, to be taken in order.
pub(super) struct Source<'r, 'a> {
    pub(super) records: &'r Records<'a>,
    pub(super) name: &'r str,
    pub(super) rest: std::slice::Iter<'r, Record<'a>>,
    pub(super) end: usize,
}

impl<'r> Source<'r, '_> {
    pub(super) fn next(&mut self, what: &str) -> Result<Fields<'r>, Failed> {
        let Some(record) = self.rest.next() else { return Err(self.missing(what)) };
        self.end = record.offset + record.body.len() + 4;
        Fields::open(self.records, self.name, *record)
    }

    pub(super) fn missing(&self, what: &str) -> Failed {
        let (file, end) = (self.records.file, self.end);
        let message = format!("header `{}` of `{file}` {CUT_OFF} {what} (byte {end})", self.name);
        let finding = Diagnostic::error("E1302", message);
        let label = "the next header or the end of the file is here";
        Box::new(finding.at(bytes_place(file, end), label))
    }

    fn finished(&mut self) -> Result<(), Failed> {
        match self.rest.next() {
            None => Ok(()),
            Some(record) => Err(Fields::open(self.records, self.name, *record)?
                .wrong("follows after the last one of the header")),
        }
    }
}

/// What the second record of a header says.
pub(super) struct Shape {
    type_name: String,
    storage: String,
    long_name: String,
    pub(super) sizes: Vec<usize>,
}

fn header(
    records: &Records<'_>,
    part: &[Record<'_>],
    sparse_left: &mut usize,
) -> Result<Header, Failed> {
    let name = text(part[0].body);
    let end = part[0].offset + part[0].body.len() + 4;
    let mut source = Source { records, name: &name, rest: part[1..].iter(), end };
    let mut fields = source.next("type and sizes")?;
    let shape = shape(&mut fields)?;
    let unsupported = |what: String| {
        let message = format!("header `{name}` of `{}` has {what}", records.file);
        let label = "type and storage of the header";
        let finding = Diagnostic::error("E1303", message)
            .at(bytes_place(records.file, part[1].offset + 4), label);
        let help = "types 1C, 2I, 2R, RL and RE are read; store the header as one of them";
        Box::new(finding.help(help))
    };
    let storage = match shape.storage.as_str() {
        "FULL" => Storage::Full,
        "SPSE" => Storage::Sparse,
        other => return Err(unsupported(format!("the unknown storage `{other}`"))),
    };
    let (mut sets, mut coefficient) = (Vec::new(), String::new());
    let values = match (shape.type_name.as_str(), storage) {
        ("1C", Storage::Full) => Values::Texts(texts_of(&mut source, &fields, &shape.sizes)?),
        ("2I", Storage::Full) => Values::Integers(plane(&mut source, &fields, &shape, integer)?),
        ("2R", Storage::Full) => {
            let array = plane(&mut source, &fields, &shape, real)?;
            Values::Reals(Reals { form: RealForm::Matrix, array })
        }
        ("RE", storage) => {
            (coefficient, sets) = labels(&mut source, &shape)?;
            check_rank(&fields, &shape, sets.len())?;
            let array = cells(&mut source, &fields, &shape, sets.len(), storage, sparse_left)?;
            Values::Reals(Reals { form: RealForm::Labelled(storage), array })
        }
        ("RL", storage) => {
            let rank = shape.sizes.iter().rposition(|size| *size != 1).map_or(0, |at| at + 1);
            let array = cells(&mut source, &fields, &shape, rank, storage, sparse_left)?;
            Values::Reals(Reals { form: RealForm::Unlabelled(storage), array })
        }
        (other, Storage::Full) => return Err(unsupported(format!("the unknown type `{other}`"))),
        (other, Storage::Sparse) => {
            return Err(unsupported(format!("sparse storage of type `{other}`")));
        }
    };
    source.finished()?;
    Ok(Header { name: name.clone(), long_name: shape.long_name, coefficient, sets, values })
}

fn shape(fields: &mut Fields<'_>) -> Result<Shape, Failed> {
    let type_name = fields.text(2, "the type")?;
    let storage = fields.text(4, "the storage")?;
    let long_name = fields.text(LONG_NAME, "the long name")?;
    let rank = fields.count("the number of dimensions")?;
    if rank > LARGEST_RANK {
        return Err(fields.wrong(format!("says {rank} dimensions; at most 7 are known")));
    }
    let sizes = (0..rank).map(|_| fields.count("a size")).collect::<Result<Vec<_>, _>>()?;
    fields.end()?;
    Ok(Shape { type_name, storage, long_name, sizes })
}

fn texts_of(
    source: &mut Source<'_, '_>,
    fields: &Fields<'_>,
    sizes: &[usize],
) -> Result<Texts, Failed> {
    let &[count, width] = sizes else {
        return Err(fields.wrong(format!("says {} dimensions for texts, not 2", sizes.len())));
    };
    if width == 0 && count > 0 {
        return Err(fields.wrong(format!("says {count} texts of no width")));
    }
    Ok(Texts { width, list: texts(source, count, width)? })
}

/// Texts over as many records as it takes.
fn texts(source: &mut Source<'_, '_>, count: usize, width: usize) -> Result<Vec<String>, Failed> {
    let mut list = Vec::new();
    loop {
        let mut fields = source.next("texts")?;
        let records_left = fields.count("the records left")?;
        let total = fields.count("the number of texts")?;
        let here = fields.count("the number of texts in it")?;
        // Programs write an empty list with another width or none.
        if total != count || here > count - list.len() {
            let (read, of) = (list.len(), count);
            return Err(fields.wrong(format!(
                "holds {here} of {total} texts; the header says {of}, {read} are read"
            )));
        }
        for _ in 0..here {
            list.push(fields.text(width, "texts")?);
        }
        fields.end()?;
        if records_left <= 1 {
            break;
        }
    }
    complete(source, list.len(), count)?;
    Ok(list)
}

pub(super) fn complete(source: &Source<'_, '_>, read: usize, count: usize) -> Result<(), Failed> {
    if read == count {
        return Ok(());
    }
    Err(source.missing(&format!("{} of {count} cells", count - read)))
}

/// Coefficient and sets of an array of type `RE`.
fn labels(source: &mut Source<'_, '_>, shape: &Shape) -> Result<(String, Vec<Dimension>), Failed> {
    let mut fields = source.next("its sets")?;
    fields.bytes(8, "the number of distinct sets")?;
    let count = fields.count("the number of sets")?;
    let coefficient = fields.text(LABEL, "the coefficient")?;
    fields.bytes(4, "a mark")?;
    if count > shape.sizes.len() {
        let rank = shape.sizes.len();
        return Err(fields.wrong(format!("names {count} sets for {rank} dimensions")));
    }
    let names = (0..count)
        .map(|_| fields.text(LABEL, "the name of a set"))
        .collect::<Result<Vec<_>, _>>()?;
    let kinds = fields.bytes(count, "the kinds of the sets")?;
    fields.bytes(4 * count, "marks of the sets")?;
    let explicit = fields.count("the number of single elements")?;
    let singles = kinds.split(|kind| *kind == b'e').count() - 1;
    if explicit != singles {
        return Err(fields.wrong(format!("lists {explicit} single elements for {singles}")));
    }
    let mut single = (0..explicit)
        .map(|_| fields.text(LABEL, "a single element"))
        .collect::<Result<Vec<_>, _>>()?
        .into_iter();
    fields.end()?;
    let mut sets: Vec<Dimension> = Vec::new();
    for (at, (set, kind)) in names.into_iter().zip(kinds).enumerate() {
        let size = shape.sizes[at];
        let known = sets.iter().find(|known| known.kind == DimensionKind::Set && known.set == set);
        let (kind, elements) = match (kind, known) {
            (b'k', Some(known)) => (DimensionKind::Set, known.elements.clone()),
            (b'k', None) => (DimensionKind::Set, texts(source, size, LABEL)?),
            (b'e', _) => (DimensionKind::Element, single.by_ref().take(1).collect()),
            (b'u', _) => (DimensionKind::Unknown, Vec::new()),
            (other, _) => {
                let shown = char::from(*other).escape_default();
                return Err(fields.wrong(format!("has the unknown kind `{shown}` of a set")));
            }
        };
        if kind != DimensionKind::Unknown && elements.len() != size {
            let of = elements.len();
            let message = format!("gives set `{set}` of {of} elements to a dimension of {size}");
            return Err(fields.wrong(message));
        }
        sets.push(Dimension { set, kind, elements });
    }
    Ok((coefficient, sets))
}

fn check_rank(fields: &Fields<'_>, shape: &Shape, sets: usize) -> Result<(), Failed> {
    match shape.sizes[sets..].iter().find(|size| **size != 1) {
        None => Ok(()),
        Some(size) => Err(fields.wrong(format!("says a dimension of {size} without a set"))),
    }
}
