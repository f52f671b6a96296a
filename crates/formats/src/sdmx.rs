//! SDMX-CSV: observations of national accounts as a long table with labels.
//!
//! One header row: `DATAFLOW` (or `STRUCTURE`, `STRUCTURE_ID`, `ACTION` in version 2), then the
//! dimensions, `OBS_VALUE`, and attributes. Dimensions are the columns before `OBS_VALUE`,
//! attributes those after it. A field `code: name` is taken apart.
//! Layout: SDMX-CSV 1.0 and 2.0 field guides.

#[cfg(test)]
mod tests;

use diagnostics::{Diagnostic, Findings, Place};

use crate::import::{Imported, Reader};
use crate::source::{Source, has_extension};

/// Findings on rows named one by one before the rest is counted.
const NAMED: usize = 10;
/// Columns that say which data set it is, not where an observation belongs.
const STRUCTURE: [&str; 5] = ["DATAFLOW", "STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION"];

/// A code and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Code, e.g. `B1GQ`.
    pub code: String,
    /// Name, where the file has names.
    pub name: String,
}

/// A dimension and the codes met, in order of first appearance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// Name of the column.
    pub name: String,
    /// Codes met.
    pub codes: Vec<Code>,
}

/// One observation.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// Position of its code in each dimension.
    pub at: Vec<u32>,
    /// Value; absent where the source has none.
    pub value: Option<f64>,
    /// Attributes, in the order of [`Observations::attributes`].
    pub attributes: Vec<String>,
}

/// Observations with their labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Observations {
    /// Data set, e.g. `ESTAT:NAMA_10_GDP(1.0)`.
    pub dataflow: String,
    /// Dimensions.
    pub dimensions: Vec<Dimension>,
    /// Names of the attributes.
    pub attributes: Vec<String>,
    /// Observations, in the order of the file.
    pub observations: Vec<Observation>,
}

/// Reads one SDMX-CSV file.
///
/// # Errors
/// All findings: E1300; E1306 no observations; E1307 a value is not a number; E1308 a row has another
/// number of fields; E1309 two values for one observation; E1310; E1312 no column `OBS_VALUE`.
pub fn read(source: &Source) -> Result<Imported<Observations>, Findings> {
    let mut reader = Reader::new(source, "SDMX-CSV");
    let table = observations(&mut reader);
    reader.report_unused();
    match table {
        Some(table) if !reader.findings.has_errors() => {
            Ok(Imported { table, report: reader.report, broken: vec![] })
        }
        _ => Err(reader.findings),
    }
}

/// Where things stand in a row.
struct Columns {
    dataflow: Option<usize>,
    dimensions: Vec<usize>,
    value: usize,
    attributes: Vec<usize>,
}

fn observations(reader: &mut Reader<'_>) -> Option<Observations> {
    let file = reader.required("`*.csv`", |name| has_extension(name, "csv"))?;
    let bytes = reader.bytes(file)?;
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let delimiter = if first.contains(&b';') && !first.contains(&b',') { b';' } else { b',' };
    let mut rows = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text);
    let header: Vec<String> = match rows.byte_headers() {
        Ok(header) => header.iter().map(field).collect(),
        Err(error) => {
            reader.error("E1300", format!("`{file}` is not csv: {error}"), "save it as SDMX-CSV");
            return None;
        }
    };
    let columns = columns(reader, file, &header)?;
    let mut table = Observations {
        dataflow: String::new(),
        dimensions: columns
            .dimensions
            .iter()
            .map(|at| Dimension { name: split(&header[*at]).code, codes: vec![] })
            .collect(),
        attributes: columns.attributes.iter().map(|at| header[*at].clone()).collect(),
        observations: vec![],
    };
    let mut seen = Seen::default();
    let mut more = 0_usize;
    for row in rows.byte_records() {
        let finding = match row {
            Ok(row) => take(file, &row, header.len(), &columns, &mut table, &mut seen).err(),
            Err(error) => {
                Some(Box::new(Diagnostic::error("E1300", format!("`{file}` is not csv: {error}"))))
            }
        };
        match finding {
            Some(finding) if more < NAMED => {
                reader.findings.push(*finding);
                more += 1;
            }
            Some(_) => more += 1,
            None => {}
        }
    }
    if more > NAMED {
        let message = format!("`{file}` has {} more rows with errors", more - NAMED);
        reader.error("E1308", message, "the first ones are named above");
    }
    if table.observations.is_empty() {
        reader.error(
            "E1306",
            format!("`{file}` has no observations"),
            "there are no rows under the header",
        );
        return None;
    }
    report(reader, &table);
    Some(table)
}

fn field(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}

/// `CODE: name` or `CODE`.
fn split(text: &str) -> Code {
    match text.split_once(": ") {
        Some((code, name)) => Code { code: code.to_owned(), name: name.to_owned() },
        None => Code { code: text.to_owned(), name: String::new() },
    }
}

fn columns(reader: &mut Reader<'_>, file: &str, header: &[String]) -> Option<Columns> {
    let code = |at: &usize| split(&header[*at]).code.to_uppercase();
    let all = 0..header.len();
    let Some(value) = all.clone().find(|at| code(at) == "OBS_VALUE") else {
        let message = format!("`{file}` has no column `OBS_VALUE`");
        let label = format!("the columns are {}", header.join(", "));
        let place = Place::cell(file, 1, 1);
        reader.error_at("E1312", message, place, &label);
        return None;
    };
    let is_structure = |at: &usize| STRUCTURE.contains(&code(at).as_str());
    Some(Columns {
        dataflow: all.clone().find(|at| ["DATAFLOW", "STRUCTURE_ID"].contains(&code(at).as_str())),
        dimensions: (0..value).filter(|at| !is_structure(at)).collect(),
        value,
        attributes: all.filter(|at| *at > value).collect(),
    })
}

/// Positions of codes, and of observations, met so far.
#[derive(Default)]
struct Seen {
    codes: std::collections::HashMap<(usize, String), u32>,
    observations: std::collections::HashMap<Vec<u32>, u64>,
}

fn take(
    file: &str,
    row: &csv::ByteRecord,
    width: usize,
    columns: &Columns,
    table: &mut Observations,
    seen: &mut Seen,
) -> Result<(), Box<Diagnostic>> {
    let line = row.position().map_or(1, csv::Position::line);
    let place = |column: usize| Place::cell(file, line as usize, column + 1);
    if row.len() != width {
        let message =
            format!("line {line} of `{file}` has {} fields, the header {width}", row.len());
        let finding = Diagnostic::error("E1308", message).at(place(row.len()), "the row ends here");
        return Err(Box::new(finding.help("a short last line means that the file was cut off")));
    }
    let text = |at: usize| field(&row[at]);
    if table.dataflow.is_empty() {
        table.dataflow = columns.dataflow.map(text).unwrap_or_default();
    }
    let mut at = Vec::with_capacity(columns.dimensions.len());
    for (dimension, column) in columns.dimensions.iter().enumerate() {
        let code = split(&text(*column));
        let codes = &mut table.dimensions[dimension].codes;
        let position = *seen.codes.entry((dimension, code.code.clone())).or_insert_with(|| {
            codes.push(code);
            codes.len() as u32 - 1
        });
        at.push(position);
    }
    let shown = text(columns.value);
    let value = match shown.parse::<f64>() {
        Ok(value) if value.is_finite() => Some(value),
        Ok(_) => None,
        Err(_) if shown.is_empty() || shown == ":" => None,
        Err(_) => {
            let message = format!("`{shown}` in `{file}` is not a number");
            let finding = Diagnostic::error("E1307", message);
            let help = "write a number with a decimal point, or nothing where there is no value";
            return Err(Box::new(finding.at(place(columns.value), "not a number").help(help)));
        }
    };
    if let Some(first) = seen.observations.insert(at.clone(), line) {
        let message = format!("line {line} of `{file}` gives an observation again");
        let label = format!("first given in line {first}");
        return Err(Box::new(Diagnostic::error("E1309", message).at(place(0), label)));
    }
    let attributes = columns.attributes.iter().map(|at| text(*at)).collect();
    table.observations.push(Observation { at, value, attributes });
    Ok(())
}

fn report(reader: &mut Reader<'_>, table: &Observations) {
    let report = &mut reader.report;
    report.count("observations", table.observations.len());
    for dimension in &table.dimensions {
        report.count(format!("codes of {}", dimension.name), dimension.codes.len());
        if ["UNIT_MEASURE", "UNIT"].contains(&dimension.name.to_uppercase().as_str()) {
            for code in &dimension.codes {
                report.unit(if code.name.is_empty() { &code.code } else { &code.name });
            }
        }
    }
    if report.units.is_empty() {
        report.note("no dimension UNIT or UNIT_MEASURE; see the attributes");
    }
    let empty = table.observations.iter().filter(|each| each.value.is_none()).count();
    if empty > 0 {
        report.note(format!("{empty} observations have no value"));
    }
}

impl Observations {
    /// The observations as csv: a column per dimension (codes), `value`, a column per attribute.
    pub fn to_csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let dimensions = self.dimensions.iter().map(|dimension| dimension.name.as_str());
        let attributes = self.attributes.iter().map(String::as_str);
        let head: Vec<&str> = dimensions.chain(["value"]).chain(attributes).collect();
        writer.write_record(&head).expect("memory takes every record of one length");
        for each in &self.observations {
            let codes = each.at.iter().zip(&self.dimensions);
            let codes = codes.map(|(at, dimension)| dimension.codes[*at as usize].code.clone());
            let value = each.value.map_or_else(String::new, |value| value.to_string());
            let line = codes.chain([value]).chain(each.attributes.iter().cloned());
            let line: Vec<String> = line.collect();
            writer.write_record(&line).expect("memory takes every record of one length");
        }
        let bytes = writer.into_inner().expect("memory can be flushed");
        String::from_utf8(bytes).expect("the fields are UTF-8")
    }

    /// The value of an observation by the codes of all dimensions, in their order.
    pub fn value(&self, codes: &[&str]) -> Option<f64> {
        let mut at = Vec::with_capacity(codes.len());
        for (dimension, code) in self.dimensions.iter().zip(codes) {
            at.push(dimension.codes.iter().position(|each| each.code == *code)? as u32);
        }
        self.observations.iter().find(|each| each.at == at)?.value
    }
}
