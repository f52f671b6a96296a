//! Input-output tables: read, made from arrays, lent to numpy, analysed.

use std::path::PathBuf;
use std::sync::Arc;

use accounts::analysis::roles::{RoleNames, Roles};
use accounts::analysis::{AnalysisError, Leontief, ghosh, leontief_inverse};
use accounts::input_output::{Extension, Label, Row};
use accounts::{InputOutputTable, Matrix};
use formats::catalogue::{self, Format};
use formats::table_folder;
use numpy::ndarray::ArrayView;
use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray1, PyReadonlyArray2};
use pyo3::prelude::*;
use report::analysis::{Subject, What, compared, of_one};
use report::sheet::Sheet;

use crate::errors;

/// An input-output table; nothing about it changes.
#[pyclass(frozen, module = "ironbelt._ironbelt")]
pub struct Table {
    pub(crate) table: Arc<InputOutputTable>,
    /// What its reader saw, where it was read.
    report: String,
}

/// A table of an analysis: title, names of the label columns, labels by row, columns with their
/// units, figures.
type SheetParts<'py> =
    (String, Vec<String>, Vec<Vec<String>>, Vec<(String, String)>, Bound<'py, PyArray2<f64>>);

/// Rows of an extension, by industry, of final demand: arrays lent.
type LentExtension<'py> = (Vec<(String, String)>, Bound<'py, PyAny>, Option<Bound<'py, PyAny>>);

/// Names of an extension's rows and its two arrays.
type ExtensionParts<'py> =
    (String, Vec<(String, String)>, PyReadonlyArray2<'py, f64>, Option<PyReadonlyArray2<'py, f64>>);

/// A matrix from an array of any layout.
pub(crate) fn matrix(array: &PyReadonlyArray2<'_, f64>) -> Matrix {
    let view = array.as_array();
    let (rows, columns) = view.dim();
    Matrix::from_values(rows, columns, view.iter().copied().collect())
}

/// An array of a matrix that moves its memory over.
pub(crate) fn moved(py: Python<'_>, matrix: Matrix) -> PyResult<Bound<'_, PyArray2<f64>>> {
    let (rows, columns) = (matrix.rows(), matrix.columns());
    PyArray1::from_vec(py, matrix.into_values()).reshape([rows, columns])
}

/// Numbers of `owner` as an array of that shape, read-only, without a copy.
///
/// `values` must be memory of what `owner` keeps for as long as it lives.
#[expect(unsafe_code, reason = "numpy borrows memory of a frozen object, which it keeps alive")]
pub(crate) fn lent<'py>(
    owner: Bound<'py, PyAny>,
    shape: &[usize],
    values: &[f64],
) -> PyResult<Bound<'py, PyAny>> {
    let view = ArrayView::from_shape(shape, values)
        .map_err(|error| pyo3::exceptions::PyValueError::new_err(error.to_string()))?;
    // SAFETY: `owner` is frozen and holds `values` behind an `Arc` that is never replaced, the array
    // keeps `owner` alive, and it is made read-only before anyone sees it.
    let array = unsafe { numpy::PyArrayDyn::borrow_from_array(&view, owner) };
    array.readwrite().make_nonwriteable();
    Ok(array.into_any())
}

fn rows(list: Vec<(String, String)>) -> Vec<Row> {
    list.into_iter().map(|(name, unit)| Row { name, unit }).collect()
}

fn labels(list: Vec<(String, String)>) -> Vec<Label> {
    list.into_iter().map(|(region, name)| Label { region, name }).collect()
}

fn pairs(list: &[Label]) -> Vec<(String, String)> {
    list.iter().map(|label| (label.region.clone(), label.name.clone())).collect()
}

fn units(list: &[Row]) -> Vec<(String, String)> {
    list.iter().map(|row| (row.name.clone(), row.unit.clone())).collect()
}

fn failed(py: Python<'_>, error: &AnalysisError) -> PyErr {
    let message = format!("this table cannot be analysed: {error}");
    errors::refused(py, "E1506", message, "check that every industry's sales and costs agree")
}

fn told(py: Python<'_>, sheet: Sheet) -> PyResult<SheetParts<'_>> {
    let values: Vec<f64> = sheet.lines.iter().flat_map(|line| line.values.clone()).collect();
    let figures = Matrix::from_values(sheet.lines.len(), sheet.columns.len(), values);
    let columns = sheet.columns.into_iter().map(|column| (column.name, column.unit)).collect();
    let labels = sheet.lines.into_iter().map(|line| line.labels).collect();
    Ok((sheet.title, sheet.labels, labels, columns, moved(py, figures)?))
}

/// Names of the formats that are read, each with what it is.
#[pyfunction]
#[pyo3(name = "formats")]
pub fn table_formats() -> Vec<(&'static str, &'static str)> {
    Format::ALL.iter().map(|(_, name, about)| (*name, *about)).collect()
}

/// Names of the analyses, each with what it tells.
#[pyfunction]
#[pyo3(name = "analyses")]
pub fn table_analyses() -> Vec<(&'static str, &'static str)> {
    What::ALL.iter().map(|(_, name, about)| (*name, *about)).collect()
}

impl Table {
    pub(crate) fn of(table: InputOutputTable, report: String) -> Self {
        Self { table: Arc::new(table), report }
    }

    /// Solutions of the Leontief system; other threads of Python run meanwhile.
    fn solved<'py>(
        &self,
        py: Python<'py>,
        solve: impl Fn(&Leontief<'_>) -> Result<Matrix, AnalysisError> + Send + Sync,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let table = &self.table;
        let found = py.detach(|| solve(&Leontief::new(table)?));
        moved(py, found.map_err(|error| failed(py, &error))?)
    }
}

#[pymethods]
impl Table {
    /// Makes a table of arrays: money in `unit`, labels as pairs of region and name.
    #[new]
    #[pyo3(signature = (name, unit, industries, categories, primary_inputs, flows, final_demand, value_added, output=None, extensions=vec![]))]
    #[expect(clippy::too_many_arguments, reason = "the parts of a table; Python names them")]
    fn new(
        py: Python<'_>,
        name: String,
        unit: String,
        industries: Vec<(String, String)>,
        categories: Vec<(String, String)>,
        primary_inputs: Vec<(String, String)>,
        flows: PyReadonlyArray2<'_, f64>,
        final_demand: PyReadonlyArray2<'_, f64>,
        value_added: PyReadonlyArray2<'_, f64>,
        output: Option<PyReadonlyArray1<'_, f64>>,
        extensions: Vec<ExtensionParts<'_>>,
    ) -> PyResult<Self> {
        let (n, f, v) = (industries.len(), categories.len(), primary_inputs.len());
        let mut shapes = vec![
            ("flows", flows.as_array().dim(), (n, n)),
            ("final_demand", final_demand.as_array().dim(), (n, f)),
            ("value_added", value_added.as_array().dim(), (v, n)),
        ];
        if let Some(output) = &output {
            shapes.push(("output", (output.as_array().len(), 1), (n, 1)));
        }
        for (name, rows, by_industry, by_final_demand) in &extensions {
            shapes.push((name, by_industry.as_array().dim(), (rows.len(), n)));
            if let Some(array) = by_final_demand {
                shapes.push((name, array.as_array().dim(), (rows.len(), f)));
            }
        }
        if let Some((what, found, wanted)) =
            shapes.into_iter().find(|(_, found, wanted)| found != wanted)
        {
            let message = format!(
                "`{what}` is {} × {}, its labels are {} × {}",
                found.0, found.1, wanted.0, wanted.1
            );
            return Err(errors::refused(
                py,
                "E2101",
                message,
                "give one label for every row and column",
            ));
        }
        let (flows, final_demand) = (matrix(&flows), matrix(&final_demand));
        let sold = |i: usize| flows.row_sum(i) + final_demand.row_sum(i);
        let output = output.map_or_else(
            || (0..n).map(sold).collect(),
            |output| output.as_array().iter().copied().collect(),
        );
        let extension =
            |(name, list, by_industry, by_final_demand): ExtensionParts<'_>| Extension {
                name,
                rows: rows(list),
                by_industry: matrix(&by_industry),
                by_final_demand: by_final_demand.as_ref().map(matrix),
            };
        let table = InputOutputTable {
            name,
            unit,
            industries: labels(industries),
            categories: labels(categories),
            primary_inputs: rows(primary_inputs),
            value_added: matrix(&value_added),
            extensions: extensions.into_iter().map(extension).collect(),
            flows,
            final_demand,
            output,
        };
        Ok(Self::of(table, String::new()))
    }

    /// Reads a file, folder or zip file in one of the `formats()`.
    #[staticmethod]
    #[pyo3(signature = (format, path, sheet=None))]
    fn read(py: Python<'_>, format: &str, path: PathBuf, sheet: Option<&str>) -> PyResult<Self> {
        let Some(format) = Format::named(format) else {
            let names: Vec<&str> = Format::ALL.iter().map(|(_, name, _)| *name).collect();
            let help = format!("formats are {}", names.join(", "));
            return Err(errors::refused(py, "E0207", format!("no format `{format}`"), &help));
        };
        let read = || {
            let source = catalogue::open(&path)?;
            catalogue::input_output(format, &source, sheet)
        };
        let imported = py.detach(read).map_err(|found| errors::input(py, &found))?;
        Ok(Self::of(imported.table, imported.report.to_string()))
    }

    /// Writes a folder of tables, as `ironbelt accounts import` does; cells as `csv` or `parquet`.
    #[pyo3(signature = (folder, cells="csv"))]
    fn save(&self, py: Python<'_>, folder: PathBuf, cells: &str) -> PyResult<()> {
        let cells = match cells {
            "csv" => table_folder::Cells::Csv,
            "parquet" => table_folder::Cells::Parquet,
            other => {
                let message = format!("no layout of cells `{other}`");
                return Err(errors::refused(py, "E0207", message, "write csv or parquet"));
            }
        };
        let write = || {
            std::fs::create_dir_all(&folder)?;
            for part in table_folder::write(&self.table, cells) {
                let mut file =
                    std::io::BufWriter::new(std::fs::File::create(folder.join(&part.name))?);
                part.write_to(&mut file)?;
            }
            Ok::<(), std::io::Error>(())
        };
        Ok(py.detach(write)?)
    }

    /// Name and year, as far as the source tells.
    #[getter]
    fn name(&self) -> &str {
        &self.table.name
    }

    /// Unit of money.
    #[getter]
    fn unit(&self) -> &str {
        &self.table.unit
    }

    /// What its reader saw, in words; empty for a table made of arrays.
    #[getter]
    fn report(&self) -> &str {
        &self.report
    }

    /// Region and name of every industry.
    #[getter]
    fn industries(&self) -> Vec<(String, String)> {
        pairs(&self.table.industries)
    }

    /// Region and name of every column of final demand.
    #[getter]
    fn categories(&self) -> Vec<(String, String)> {
        pairs(&self.table.categories)
    }

    /// Name and unit of every primary input.
    #[getter]
    fn primary_inputs(&self) -> Vec<(String, String)> {
        units(&self.table.primary_inputs)
    }

    /// Intermediate flows **Z**, n × n; memory of the table.
    #[getter]
    fn flows<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let flows = &slf.get().table.flows;
        lent(slf.clone().into_any(), &[flows.rows(), flows.columns()], flows.values())
    }

    /// Final demand **Y**, n × f; memory of the table.
    #[getter]
    fn final_demand<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let demand = &slf.get().table.final_demand;
        lent(slf.clone().into_any(), &[demand.rows(), demand.columns()], demand.values())
    }

    /// Primary inputs **V**, v × n; memory of the table.
    #[getter]
    fn value_added<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let inputs = &slf.get().table.value_added;
        lent(slf.clone().into_any(), &[inputs.rows(), inputs.columns()], inputs.values())
    }

    /// Gross output **x**, n; memory of the table.
    #[getter]
    fn output<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let output = &slf.get().table.output;
        lent(slf.clone().into_any(), &[output.len()], output)
    }

    /// Names of the tables beside the money.
    #[getter]
    fn extensions(&self) -> Vec<String> {
        self.table.extensions.iter().map(|each| each.name.clone()).collect()
    }

    /// Rows of an extension with their units, k × n by industry, and k × f of final demand or none.
    fn extension<'py>(slf: &Bound<'py, Self>, name: &str) -> PyResult<LentExtension<'py>> {
        let Some(found) = slf.get().table.extensions.iter().find(|each| each.name == name) else {
            return Err(pyo3::exceptions::PyKeyError::new_err(name.to_owned()));
        };
        let array = |matrix: &Matrix| {
            lent(slf.clone().into_any(), &[matrix.rows(), matrix.columns()], matrix.values())
        };
        let by_final_demand = found.by_final_demand.as_ref().map(array).transpose()?;
        Ok((units(&found.rows), array(&found.by_industry)?, by_final_demand))
    }

    /// Technical coefficients **A** = Z x̂⁻¹, n × n.
    fn technical_coefficients<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        self.solved(py, |system| Ok(system.coefficients()))
    }

    /// Gross output that meets each column of final demand (n × k): (I − A)⁻¹ f, without an inverse.
    fn gross_output<'py>(
        &self,
        py: Python<'py>,
        final_demand: PyReadonlyArray2<'py, f64>,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let demand = matrix(&final_demand);
        self.wants_rows(py, "final_demand", demand.rows())?;
        // Columns in Python as in tables, rows in the solver.
        let rows = demand.transposed();
        self.solved(py, |system| Ok(system.outputs(&rows)?.transposed()))
    }

    /// Multipliers of each row of direct coefficients (k × n): s'(I − A)⁻¹, without an inverse.
    fn multipliers<'py>(
        &self,
        py: Python<'py>,
        direct: PyReadonlyArray2<'py, f64>,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let direct = matrix(&direct);
        self.wants_rows(py, "direct", direct.columns())?;
        self.solved(py, |system| system.multipliers(&direct))
    }

    /// The whole Leontief inverse **L**, n × n.
    fn leontief_inverse<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let found = py.detach(|| leontief_inverse(&self.table));
        moved(py, found.map_err(|error| failed(py, &error))?)
    }

    /// Allocation coefficients **B** = x̂⁻¹ Z of the supply-driven system, n × n.
    fn allocation_coefficients<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let n = self.table.industries.len();
        let found = py.detach(|| {
            Matrix::from_fn(n, n, |i, j| ghosh::allocation_coefficient(&self.table, i, j))
        });
        moved(py, found)
    }

    /// An analysis by name (see `analyses()`), against a later table where it compares two: its
    /// tables, and warnings.
    #[pyo3(signature = (what, later=None, income=vec![], households=vec![], investment=vec![], jobs=vec![]))]
    #[expect(clippy::too_many_arguments, reason = "Python names them")]
    fn analyse<'py>(
        &self,
        py: Python<'py>,
        what: &str,
        later: Option<&Bound<'py, Self>>,
        income: Vec<String>,
        households: Vec<String>,
        investment: Vec<String>,
        jobs: Vec<String>,
    ) -> PyResult<(Vec<SheetParts<'py>>, Vec<String>)> {
        let Some(what) = What::named(what) else {
            let names: Vec<&str> = What::ALL.iter().map(|(_, name, _)| *name).collect();
            let help = format!("analyses are {}", names.join(", "));
            return Err(errors::refused(py, "E0207", format!("no analysis `{what}`"), &help));
        };
        if what.compares() != later.is_some() {
            let message = "this analysis compares two tables, or it does not";
            let help = "give `later` for decomposition and shift-share, and for nothing else";
            return Err(errors::refused(py, "E1507", message.to_owned(), help));
        }
        let names = RoleNames { income, households, investment, jobs };
        let later = later.map(|other| other.get().table.clone());
        let analyse = || {
            let subject = |table: &'_ InputOutputTable| Roles::of(table, &names);
            let before = Subject { table: &self.table, roles: subject(&self.table) };
            match &later {
                Some(other) => {
                    compared(what, &before, &Subject { table: other, roles: subject(other) })
                }
                None => of_one(what, &Leontief::new(&self.table)?, &before),
            }
        };
        let found = py.detach(analyse).map_err(|error| failed(py, &error))?;
        let sheets =
            found.sheets.into_iter().map(|sheet| told(py, sheet)).collect::<PyResult<_>>()?;
        Ok((sheets, found.warnings))
    }
}

impl Table {
    fn wants_rows(&self, py: Python<'_>, what: &str, found: usize) -> PyResult<()> {
        let n = self.table.industries.len();
        if found == n {
            return Ok(());
        }
        let message = format!("`{what}` has {found} industries, the table has {n}");
        Err(errors::refused(py, "E2101", message, "give one number an industry"))
    }
}
