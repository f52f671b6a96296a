//! GEMPACK header array files (HAR), read and written with everything they hold.
//!
//! | type   | here                                        | holds                                |
//! |--------|---------------------------------------------|--------------------------------------|
//! | `1C`   | [`Values::Texts`]                           | texts: set elements, history, notes  |
//! | `2I`   | [`Values::Integers`]                        | a matrix of whole numbers            |
//! | `2R`   | [`Values::Reals`], [`RealForm::Matrix`]     | a matrix without set names           |
//! | `RL`   | [`Values::Reals`], [`RealForm::Unlabelled`] | up to 7 dimensions without set names |
//! | `RE`   | [`Values::Reals`], [`RealForm::Labelled`]   | up to 7 dimensions with sets         |
//!
//! `RE` and `RL` are stored [`Storage::Full`] or [`Storage::Sparse`] (non-zero cells with their
//! positions); both read into the same dense array. Cells are in the order of the file: the first
//! index runs fastest. [`Header::row_major`] turns them.
//!
//! The file is a sequence of unformatted Fortran records (length, bytes, length again), little- or
//! big-endian. Layout as observed in files written by GEMPACK 11 and `ViewHAR`; types `DE` and `DL`
//! (double precision) are refused, since there is no file to check them against.
//! Not here: what the headers of a database mean.

mod cells;
mod csv;
mod new;
mod read;
mod record;
pub mod tables;
pub(crate) mod wanted;
mod write;

#[cfg(test)]
mod tests;

pub use new::elements;
pub use read::read;
pub use write::write;

use crate::report::Report;

/// Dimensions of a real array at most.
pub const LARGEST_RANK: usize = 7;
/// Characters of a header's name.
const NAME: usize = 4;
/// Characters of a long name.
const LONG_NAME: usize = 70;
/// Characters of the name of a set, of an element of a set, of a coefficient.
const LABEL: usize = 12;

/// Order of the bytes of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ByteOrder {
    /// Lowest first: every program on today's machines.
    #[default]
    Little,
    /// Highest first: old Unix machines.
    Big,
}

/// A file: headers in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HarFile {
    /// Order of bytes it came in and is written in.
    pub byte_order: ByteOrder,
    /// Headers in the order of the file.
    pub headers: Vec<Header>,
}

/// One named array.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// Name, at most 4 characters, without trailing blanks.
    pub name: String,
    /// Long name, at most 70 characters, without trailing blanks.
    pub long_name: String,
    /// Name of the coefficient; empty but for type `RE`.
    pub coefficient: String,
    /// One per dimension for type `RE`; empty otherwise.
    pub sets: Vec<Dimension>,
    /// The cells.
    pub values: Values,
}

/// What labels one dimension of an array of type `RE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// Name of the set, at most 12 characters.
    pub set: String,
    /// How its elements are given.
    pub kind: DimensionKind,
    /// The elements; empty when the file does not name them.
    pub elements: Vec<String>,
}

/// How a dimension is labelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DimensionKind {
    /// A set with its elements (`k`).
    Set,
    /// A set or a size without elements (`u`).
    Unknown,
    /// One element of a set (`e`).
    Element,
}

/// The cells of a header.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Type `1C`.
    Texts(Texts),
    /// Type `2I`.
    Integers(Array<i32>),
    /// Types `2R`, `RL`, `RE`.
    Reals(Reals),
}

/// Texts of one width.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// Characters that each text may have.
    pub width: usize,
    /// The texts, without trailing blanks.
    pub list: Vec<String>,
}

/// Real numbers and the type they are stored in.
#[derive(Debug, Clone, PartialEq)]
pub struct Reals {
    /// Type and storage.
    pub form: RealForm,
    /// The cells, single precision as in the file.
    pub array: Array<f32>,
}

/// Type of a header of real numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RealForm {
    /// `RE`: with sets and coefficient.
    Labelled(Storage),
    /// `RL`: up to seven dimensions, no sets.
    Unlabelled(Storage),
    /// `2R`: two dimensions, no sets.
    Matrix,
}

/// How cells are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    /// Every cell (`FULL`).
    Full,
    /// Non-zero cells with their positions (`SPSE`).
    Sparse,
}

/// A dense array, first index fastest.
#[derive(Debug, Clone, PartialEq)]
pub struct Array<T> {
    /// Size of each dimension; empty for a scalar.
    pub shape: Vec<usize>,
    /// Cells, as many as the product of `shape`, first index fastest.
    pub cells: Vec<T>,
}

impl<T: Copy> Array<T> {
    /// One cell, by its position along each dimension (from 0).
    ///
    /// # Panics
    /// When the position is outside the array.
    pub fn at(&self, position: &[usize]) -> T {
        self.cells[self.flat(position)]
    }

    fn flat(&self, position: &[usize]) -> usize {
        assert_eq!(position.len(), self.shape.len(), "one position per dimension");
        let pairs = position.iter().zip(&self.shape).rev();
        pairs.fold(0, |flat, (at, size)| {
            assert!(at < size, "position inside the array");
            flat * size + at
        })
    }

    /// The cells with the last index fastest, as `accounts::Table` keeps them.
    pub fn row_major(&self) -> Vec<T> {
        self.row_major_order().into_iter().map(|at| self.cells[at]).collect()
    }

    /// Where each cell lies, in the order in which the last index is fastest.
    fn row_major_order(&self) -> Vec<usize> {
        let mut strides = vec![1; self.shape.len()];
        for at in 1..self.shape.len() {
            strides[at] = strides[at - 1] * self.shape[at - 1];
        }
        let mut order = Vec::with_capacity(self.cells.len());
        let (mut position, mut flat) = (vec![0; self.shape.len()], 0);
        for _ in 0..self.cells.len() {
            order.push(flat);
            for at in (0..position.len()).rev() {
                position[at] += 1;
                flat += strides[at];
                if position[at] < self.shape[at] {
                    break;
                }
                flat -= strides[at] * self.shape[at];
                position[at] = 0;
            }
        }
        order
    }
}

impl Array<f32> {
    /// Other cells of the same shape, the last index fastest.
    ///
    /// # Panics
    /// When there are more or fewer.
    pub fn set_row_major(&mut self, cells: &[f64]) {
        assert_eq!(cells.len(), self.cells.len(), "as many cells");
        for (at, cell) in self.row_major_order().into_iter().zip(cells) {
            self.cells[at] = *cell as f32;
        }
    }
}

impl Header {
    /// Size of each dimension; of texts, their number.
    pub fn shape(&self) -> Vec<usize> {
        match &self.values {
            Values::Texts(texts) => vec![texts.list.len()],
            Values::Integers(array) => array.shape.clone(),
            Values::Reals(reals) => reals.array.shape.clone(),
        }
    }

    /// The real numbers, if it holds such.
    pub fn reals(&self) -> Option<&Array<f32>> {
        match &self.values {
            Values::Reals(reals) => Some(&reals.array),
            _ => None,
        }
    }

    /// The real numbers in double precision with the last index fastest, if it holds such.
    pub fn row_major(&self) -> Option<Vec<f64>> {
        Some(self.reals()?.row_major().into_iter().map(f64::from).collect())
    }

    /// The texts, if it holds such.
    pub fn texts(&self) -> Option<&[String]> {
        match &self.values {
            Values::Texts(texts) => Some(&texts.list),
            _ => None,
        }
    }

    /// Type as GEMPACK writes it, e.g. `1CFULL` or `RESPSE`.
    pub fn type_name(&self) -> &'static str {
        match &self.values {
            Values::Texts(_) => "1CFULL",
            Values::Integers(_) => "2IFULL",
            Values::Reals(reals) => match reals.form {
                RealForm::Labelled(Storage::Full) => "REFULL",
                RealForm::Labelled(Storage::Sparse) => "RESPSE",
                RealForm::Unlabelled(Storage::Full) => "RLFULL",
                RealForm::Unlabelled(Storage::Sparse) => "RLSPSE",
                RealForm::Matrix => "2RFULL",
            },
        }
    }
}

impl HarFile {
    /// The header of that name; upper and lower case are the same, as in GEMPACK.
    pub fn header(&self, name: &str) -> Option<&Header> {
        self.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))
    }

    /// What the file holds: number of headers by type, sets, cells, history.
    pub fn report(&self) -> Report {
        let mut report = Report::new("GEMPACK header array file");
        report.count("headers", self.headers.len());
        for name in ["1CFULL", "2IFULL", "2RFULL", "RLFULL", "RLSPSE", "REFULL", "RESPSE"] {
            let count = self.headers.iter().filter(|header| header.type_name() == name).count();
            if count > 0 {
                report.count(format!("headers of type {name}"), count);
            }
        }
        let reals = self.headers.iter().filter_map(Header::reals);
        report.count("real cells", reals.map(|array| array.cells.len()).sum());
        report.unit("none in the file; see the long names");
        report
    }
}
