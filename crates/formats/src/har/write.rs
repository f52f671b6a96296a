//! Headers to bytes.

use std::collections::BTreeMap;

use diagnostics::{Diagnostic, Findings};

use super::new::holds;
use super::{
    Array, ByteOrder, Dimension, DimensionKind, HarFile, Header, LABEL, LARGEST_RANK, LONG_NAME,
    NAME, RealForm, Storage, Texts, Values,
};

/// Cells of a full array in one record, as GEMPACK writes them.
const FULL_CELLS: usize = 7996;
/// Cells of a matrix in one record.
const PLANE_CELLS: usize = 7991;
/// Non-zero cells of a sparse array in one record.
const SPARSE_CELLS: usize = 3996;
/// Characters in one record.
const CHARACTERS: usize = 29996;

/// Writes a file: the same headers in the same order and with the same storage.
///
/// # Errors
/// E1305: a name or text is too long or has characters outside Latin 1, or shape, sets and cells of
/// a header do not fit together. All findings.
pub fn write(file: &HarFile) -> Result<Vec<u8>, Findings> {
    let mut findings = Findings::default();
    for header in &file.headers {
        for problem in problems(header) {
            let message = format!("header `{}` cannot be written: {problem}", header.name);
            findings.push(Diagnostic::error("E1305", message));
        }
    }
    if findings.has_errors() {
        return Err(findings);
    }
    let mut out = Out { order: file.byte_order, bytes: Vec::new() };
    for header in &file.headers {
        out.header(header);
    }
    Ok(out.bytes)
}

fn problems(header: &Header) -> Vec<String> {
    let mut problems = Vec::new();
    let mut fits = |what: &str, text: &str, width: usize| {
        if text.chars().count() > width || text.ends_with([' ', '\0']) {
            problems.push(format!(
                "{what} `{text}` must have at most {width} characters and no trailing blank"
            ));
        }
        if !text.chars().all(holds) {
            problems.push(format!("{what} `{text}` has characters that the format cannot hold"));
        }
    };
    fits("its name", &header.name, NAME);
    fits("its long name", &header.long_name, LONG_NAME);
    fits("its coefficient", &header.coefficient, LABEL);
    for dimension in &header.sets {
        fits("set", &dimension.set, LABEL);
        dimension.elements.iter().for_each(|element| fits("element", element, LABEL));
    }
    if let Values::Texts(texts) = &header.values {
        texts.list.iter().for_each(|text| fits("text", text, texts.width));
    }
    for dimension in &header.sets {
        let mut seen = std::collections::BTreeSet::new();
        let twice = |element: &&String| !seen.insert(element.to_lowercase());
        if let Some(element) = dimension.elements.iter().find(twice) {
            problems.push(format!("set `{}` has `{element}` twice", dimension.set));
        }
    }
    problems.extend(shape_problem(header));
    problems
}

fn shape_problem(header: &Header) -> Option<String> {
    let sound = |shape: &[usize], cells: usize| {
        let sizes_fit = shape.iter().all(|size| i32::try_from(*size).is_ok());
        sizes_fit && shape.iter().product::<usize>() == cells
    };
    let problem = match &header.values {
        Values::Texts(texts) => {
            (texts.width == 0 && !texts.list.is_empty()).then(|| "texts of no width".to_owned())
        }
        Values::Integers(array) => {
            let fits = array.shape.len() == 2 && sound(&array.shape, array.cells.len());
            (!fits).then(|| "a whole-number array is a matrix".to_owned())
        }
        Values::Reals(reals) => {
            let (shape, cells) = (&reals.array.shape, reals.array.cells.len());
            let rank = match reals.form {
                RealForm::Matrix => shape.len() == 2,
                RealForm::Unlabelled(_) => shape.len() <= LARGEST_RANK && shape.last() != Some(&1),
                RealForm::Labelled(_) => shape.len() <= LARGEST_RANK,
            };
            let fits = rank && sound(shape, cells);
            (!fits).then(|| format!("{cells} cells of shape {shape:?}"))
        }
    };
    problem.or_else(|| sets_problem(header))
}

fn sets_problem(header: &Header) -> Option<String> {
    let labelled = matches!(&header.values, Values::Reals(reals) if matches!(reals.form, RealForm::Labelled(_)));
    if !labelled {
        let bare = header.sets.is_empty() && header.coefficient.is_empty();
        return (!bare).then(|| "only type RE has sets and a coefficient".to_owned());
    }
    let shape = header.shape();
    if header.sets.len() != shape.len() {
        return Some(format!("{} sets for {} dimensions", header.sets.len(), shape.len()));
    }
    let mut seen: BTreeMap<&str, &Dimension> = BTreeMap::new();
    for (dimension, size) in header.sets.iter().zip(shape) {
        let elements = dimension.elements.len();
        let fits = match dimension.kind {
            DimensionKind::Set => elements == size,
            DimensionKind::Element => elements == 1 && size == 1,
            DimensionKind::Unknown => elements == 0,
        };
        if !fits {
            return Some(format!("set `{}` of {elements} on a dimension of {size}", dimension.set));
        }
        if dimension.kind == DimensionKind::Set {
            let first = seen.entry(&dimension.set).or_insert(dimension);
            if first.elements != dimension.elements {
                return Some(format!("set `{}` has two lists of elements", dimension.set));
            }
        }
    }
    None
}

struct Out {
    order: ByteOrder,
    bytes: Vec<u8>,
}

/// The body of one record.
struct Body {
    order: ByteOrder,
    bytes: Vec<u8>,
}

impl Body {
    fn integer(&mut self, value: usize) {
        // Sizes were checked before writing, counts are at most the number of cells.
        self.signed(i32::try_from(value).unwrap_or(i32::MAX));
    }

    fn integers<'a>(&mut self, values: impl IntoIterator<Item = &'a usize>) {
        for value in values {
            self.integer(*value);
        }
    }

    fn signed(&mut self, value: i32) {
        self.bytes.extend(match self.order {
            ByteOrder::Little => value.to_le_bytes(),
            ByteOrder::Big => value.to_be_bytes(),
        });
    }

    fn real(&mut self, value: f32) {
        self.bytes.extend(match self.order {
            ByteOrder::Little => value.to_le_bytes(),
            ByteOrder::Big => value.to_be_bytes(),
        });
    }

    fn text(&mut self, text: &str, width: usize) {
        let end = self.bytes.len() + width;
        // Characters were checked to be of Latin 1.
        self.bytes.extend(text.chars().map(|character| u32::from(character) as u8));
        self.bytes.resize(end, b' ');
    }
}

impl Out {
    fn record(&mut self, fill: impl FnOnce(&mut Body)) {
        let mut body = Body { order: self.order, bytes: b"    ".to_vec() };
        fill(&mut body);
        self.framed(&body.bytes);
    }

    fn framed(&mut self, bytes: &[u8]) {
        let mut length = Body { order: self.order, bytes: Vec::new() };
        length.integer(bytes.len());
        self.bytes.extend(&length.bytes);
        self.bytes.extend(bytes);
        self.bytes.extend(&length.bytes);
    }

    fn header(&mut self, header: &Header) {
        let mut name = Body { order: self.order, bytes: Vec::new() };
        name.text(&header.name, NAME);
        self.framed(&name.bytes);
        self.record(|body| {
            body.text(header.type_name(), 6);
            body.text(&header.long_name, LONG_NAME);
            let sizes = stored_sizes(header);
            body.integer(sizes.len());
            body.integers(&sizes);
        });
        match &header.values {
            Values::Texts(texts) => self.texts(texts),
            Values::Integers(array) => self.plane(array, Body::signed),
            Values::Reals(reals) => match reals.form {
                RealForm::Matrix => self.plane(&reals.array, Body::real),
                RealForm::Unlabelled(storage) => self.reals(&reals.array, storage),
                RealForm::Labelled(storage) => {
                    self.labels(header);
                    self.reals(&reals.array, storage);
                }
            },
        }
    }

    fn texts(&mut self, texts: &Texts) {
        let per_record = (CHARACTERS / texts.width.max(1)).max(1);
        let records = texts.list.len().div_ceil(per_record).max(1);
        for at in 0..records {
            let here = texts.list.iter().skip(at * per_record).take(per_record);
            self.record(|body| {
                body.integer(records - at);
                body.integer(texts.list.len());
                body.integer(here.len());
                for text in here {
                    body.text(text, texts.width);
                }
            });
        }
    }

    fn labels(&mut self, header: &Header) {
        let mut lists: Vec<&Dimension> = Vec::new();
        for dimension in header.sets.iter().filter(|set| set.kind == DimensionKind::Set) {
            if !lists.iter().any(|known| known.set == dimension.set) {
                lists.push(dimension);
            }
        }
        let singles = header.sets.iter().filter(|set| set.kind == DimensionKind::Element);
        self.record(|body| {
            body.integer(lists.len());
            body.integer(1);
            body.integer(header.sets.len());
            body.text(&header.coefficient, LABEL);
            body.integer(1);
            for set in &header.sets {
                body.text(&set.set, LABEL);
            }
            for set in &header.sets {
                body.text(
                    match set.kind {
                        DimensionKind::Set => "k",
                        DimensionKind::Unknown => "u",
                        DimensionKind::Element => "e",
                    },
                    1,
                );
            }
            for _ in &header.sets {
                body.integer(0);
            }
            body.integer(singles.clone().count());
            for set in singles {
                body.text(&set.elements[0], LABEL);
            }
        });
        for list in lists {
            self.texts(&Texts { width: LABEL, list: list.elements.clone() });
        }
    }

    fn reals(&mut self, array: &Array<f32>, storage: Storage) {
        match storage {
            Storage::Full => self.full(array),
            Storage::Sparse => self.sparse(array),
        }
    }

    fn full(&mut self, array: &Array<f32>) {
        let sizes = padded(&array.shape);
        let blocks = blocks(&sizes, FULL_CELLS);
        let records = 2 * blocks.len() + 1;
        self.record(|body| {
            body.integer(records);
            body.integer(sizes.len());
            body.integers(&sizes);
        });
        let mut cells = array.cells.as_slice();
        for (at, block) in blocks.iter().enumerate() {
            let (here, rest) = cells.split_at(block.iter().map(|(_, _, count)| count).product());
            cells = rest;
            self.record(|body| {
                body.integer(records - 2 * at - 1);
                for (first, last, _) in block {
                    body.integer(*first);
                    body.integer(*last);
                }
            });
            self.record(|body| {
                body.integer(records - 2 * at - 2);
                for cell in here {
                    body.real(*cell);
                }
            });
        }
    }

    fn sparse(&mut self, array: &Array<f32>) {
        let stored: Vec<(usize, f32)> =
            array.cells.iter().copied().enumerate().filter(|(_, cell)| *cell != 0.0).collect();
        self.record(|body| {
            body.integer(stored.len());
            body.integer(4);
            body.integer(4);
            body.text("", 80);
        });
        let records = stored.len().div_ceil(SPARSE_CELLS).max(1);
        for at in 0..records {
            let here: Vec<_> = stored.iter().skip(at * SPARSE_CELLS).take(SPARSE_CELLS).collect();
            self.record(|body| {
                body.integer(records - at);
                body.integer(stored.len());
                body.integer(here.len());
                for (position, _) in &here {
                    body.integer(position + 1);
                }
                for (_, cell) in &here {
                    body.real(*cell);
                }
            });
        }
    }

    fn plane<T: Copy>(&mut self, array: &Array<T>, cell: impl Fn(&mut Body, T)) {
        let blocks = blocks(&array.shape, PLANE_CELLS);
        if blocks.is_empty() {
            self.record(|body| {
                let [rows, columns] = [array.shape[0], array.shape[1]];
                body.integers(&[1, rows, columns, 1, rows, 1, columns]);
            });
        }
        let mut cells = array.cells.as_slice();
        for (at, block) in blocks.iter().enumerate() {
            let (here, rest) = cells.split_at(block.iter().map(|(_, _, count)| count).product());
            cells = rest;
            self.record(|body| {
                body.integer(blocks.len() - at);
                body.integers(&array.shape);
                for (first, last, _) in block {
                    body.integer(*first);
                    body.integer(*last);
                }
                for value in here {
                    cell(body, *value);
                }
            });
        }
    }
}

/// The sizes in a header's second record.
fn stored_sizes(header: &Header) -> Vec<usize> {
    match &header.values {
        Values::Texts(texts) => vec![texts.list.len(), texts.width],
        Values::Integers(array) => array.shape.clone(),
        Values::Reals(reals) if reals.form == RealForm::Matrix => reals.array.shape.clone(),
        Values::Reals(reals) => padded(&reals.array.shape),
    }
}

fn padded(shape: &[usize]) -> Vec<usize> {
    let mut sizes = shape.to_vec();
    sizes.resize(LARGEST_RANK, 1);
    sizes
}

/// Blocks of at most `largest` cells that follow one another in the order of the cells: first and
/// last index (from 1) and count, by dimension. Dimensions before the one that is cut are whole.
fn blocks(sizes: &[usize], largest: usize) -> Vec<Vec<(usize, usize, usize)>> {
    if sizes.contains(&0) {
        return Vec::new();
    }
    let mut whole = 1;
    let mut cut = 0;
    while cut < sizes.len() && whole * sizes[cut] <= largest {
        whole *= sizes[cut];
        cut += 1;
    }
    if cut == sizes.len() {
        return vec![sizes.iter().map(|size| (1, *size, *size)).collect()];
    }
    let step = (largest / whole).max(1);
    let outer: usize = sizes[cut + 1..].iter().product();
    let mut blocks = Vec::new();
    for outer in 0..outer {
        for first in (0..sizes[cut]).step_by(step) {
            let last = sizes[cut].min(first + step);
            let mut rest = outer;
            blocks.push(
                sizes
                    .iter()
                    .enumerate()
                    .map(|(at, size)| match at.cmp(&cut) {
                        std::cmp::Ordering::Less => (1, *size, *size),
                        std::cmp::Ordering::Equal => (first + 1, last, last - first),
                        std::cmp::Ordering::Greater => {
                            let index = rest % size;
                            rest /= size;
                            (index + 1, index + 1, 1)
                        }
                    })
                    .collect(),
            );
        }
    }
    blocks
}
