//! Regional accounts.

use std::path::PathBuf;
use std::sync::Arc;

use accounts::identity::identities;
use accounts::{InputOutputTable, RegionalAccounts};
use pyo3::prelude::*;
use study::folder::Disk;
use study::inputs::Inputs;

use crate::errors;
use crate::tables::{Table, lent};

/// Axes with their labels, unit, cells.
type TableParts<'py> = (Vec<(String, Vec<String>)>, String, Bound<'py, PyAny>);

/// Accounts of all regions of a country; nothing about them changes.
#[pyclass(frozen, module = "ironbelt._ironbelt")]
pub struct Accounts {
    accounts: Arc<RegionalAccounts>,
}

#[pymethods]
impl Accounts {
    /// The accounts that a name, a folder of tables or a recipe (`.toml`) stands for.
    #[new]
    fn new(py: Python<'_>, name: &str) -> PyResult<Self> {
        let inputs = py.detach(|| Inputs::load(name, &Disk(PathBuf::new())));
        let inputs = inputs.map_err(|found| errors::input(py, &found))?;
        Ok(Self { accounts: Arc::new(inputs.accounts) })
    }

    /// Base year.
    #[getter]
    fn base_year(&self) -> u16 {
        self.accounts.base_year
    }

    /// Regions.
    #[getter]
    fn regions(&self) -> Vec<String> {
        self.accounts.sets.region.labels.to_vec()
    }

    /// Industries.
    #[getter]
    fn industries(&self) -> Vec<String> {
        self.accounts.sets.industry.labels.to_vec()
    }

    /// Names of the tables.
    #[getter]
    fn tables(&self) -> Vec<&str> {
        self.accounts.tables().iter().map(|table| table.name).collect()
    }

    /// Axes with their labels, unit, and cells of a table; memory of the accounts.
    fn table<'py>(slf: &Bound<'py, Self>, name: &str) -> PyResult<TableParts<'py>> {
        let own = &slf.get().accounts;
        let Some(table) = own.tables().into_iter().find(|table| table.name == name) else {
            return Err(pyo3::exceptions::PyKeyError::new_err(name.to_owned()));
        };
        let axes = table.axes().iter().map(|axis| (axis.name.to_owned(), axis.labels.to_vec()));
        let cells = lent(slf.clone().into_any(), &table.shape(), table.values())?;
        Ok((axes.collect(), table.unit.to_string(), cells))
    }

    /// Name, largest relative deviation and its place, of every identity.
    fn identities(&self, py: Python<'_>) -> Vec<(&'static str, f64, String)> {
        let found = py.detach(|| identities(&self.accounts));
        found.into_iter().map(|each| (each.name, each.deviation, each.at)).collect()
    }

    /// The table of industries by industries of all regions.
    fn input_output(&self, py: Python<'_>) -> Table {
        Table::of(py.detach(|| InputOutputTable::from(&*self.accounts)), String::new())
    }

    /// Writes the accounts as a folder of tables that a study can name.
    fn save(&self, py: Python<'_>, folder: PathBuf) -> PyResult<()> {
        let write = || {
            std::fs::create_dir_all(&folder)?;
            for (name, text) in formats::folder::write(&self.accounts) {
                std::fs::write(folder.join(name), text)?;
            }
            Ok::<(), std::io::Error>(())
        };
        Ok(py.detach(write)?)
    }
}
