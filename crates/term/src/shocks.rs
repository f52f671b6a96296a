//! Shocks to what a closure gives, in percent or in a variable's own unit.
//!
//! ```text
//! shock fpexp = uniform -5 ;                        ! percent
//! shock atot("I_01",DST) = 1 ;
//! shock fgovtot = 1 2 3 ;                           ! one number for each cell, first index fastest
//! shock pfimp = file prices.txt ;                   ! the same numbers from a file
//! shock pfimp("C_01",ORG) = select from file prices.har header "PFIM" ;
//! ```
//! `select from` takes the cells that are named out of numbers for the whole variable. A cell is
//! shocked once. Statements about the closure are skipped.
//! Not here: closures (`crate::closure`), opening files (the caller does).

use std::collections::BTreeMap;

use diagnostics::{Findings, Place};

use crate::closure::{Closure, Reader};
use crate::database::Sets;
use crate::numbers::OpenFile;
use crate::selection::{Selection, first_fastest};
use crate::statements::{Statement, Word, statements};
use crate::variables::{Unit, Variable};

/// Changes of given cells, in percent or in their own unit, by variable.
pub type Shocks = BTreeMap<String, Vec<f64>>;

/// Reads shocks to what `closure` gives from one text that names no files.
///
/// # Errors
/// As [`read_shock_files`].
pub fn read_shocks(
    file: &str,
    text: &str,
    sets: &Sets,
    closure: &Closure,
) -> Result<Shocks, Findings> {
    let none =
        |_: &str, name: &str, _: Option<&str>| Err(format!("`{name}` cannot be opened here"));
    read_shock_files(&[(file, text)], sets, closure, &none)
}

/// Reads shocks to what `closure` gives, of several files.
///
/// - `files`: name and text of each.
/// - `open`: numbers of a file that a shock names, with a header for header array files.
///
/// # Errors
/// E1810–E1812, E1815–E1817, E1820, E1821, all of all files.
pub fn read_shock_files(
    files: &[(&str, &str)],
    sets: &Sets,
    closure: &Closure,
    open: OpenFile<'_>,
) -> Result<Shocks, Findings> {
    let mut all = Given { closure, open, shocks: Shocks::new(), places: BTreeMap::new() };
    let mut findings = Findings::default();
    for (file, text) in files {
        let mut reader = Reader::new(file, text, sets);
        for statement in &statements(text) {
            reader.shock_statement(statement, &mut all);
        }
        findings.extend(reader.findings);
    }
    if findings.has_errors() { Err(findings) } else { Ok(all.shocks) }
}

/// Shocks so far, and where each cell got its own.
struct Given<'a> {
    closure: &'a Closure,
    open: OpenFile<'a>,
    shocks: Shocks,
    places: BTreeMap<String, Vec<(Vec<usize>, Place)>>,
}

/// Values of one statement.
enum Values {
    /// The same for all cells.
    Uniform(f64),
    /// One for each cell that is named, first index fastest.
    Each(Vec<f64>),
    /// One for each cell of the variable, first index fastest.
    Whole(Vec<f64>),
}

impl Reader<'_> {
    fn shock_statement(&mut self, statement: &Statement, given: &mut Given<'_>) {
        let (first, words) = (&statement.words[0], &statement.words[1..]);
        if !first.is("shock") {
            return self.other(first);
        }
        self.ended(statement);
        let Some(at) = words.iter().position(|word| word.text == "=") else {
            let help = "write `shock name = uniform value ;`".to_owned();
            return self.wrong(
                "E1817",
                "a shock without `=`".to_owned(),
                statement.span(),
                "no value",
                help,
            );
        };
        let selections = self.selections(&words[..at]);
        for selection in &selections {
            if let Some(values) = self.values(statement, &words[at + 1..], selection, given.open) {
                self.shock(statement, selection, &values, given);
            }
        }
    }

    /// What stands after `=`; none when it is not sound.
    fn values(
        &mut self,
        statement: &Statement,
        words: &[Word],
        selection: &Selection,
        open: OpenFile<'_>,
    ) -> Option<Values> {
        let help = "write `uniform` and a number, one number for each cell, or `file` and a name";
        match words {
            [select, from, file, rest @ ..]
                if select.is("select") && from.is("from") && file.is("file") =>
            {
                self.read_file(statement, rest, selection, open).map(Values::Whole)
            }
            [file, rest @ ..] if file.is("file") => {
                self.read_file(statement, rest, selection, open).map(Values::Each)
            }
            [uniform, number] if uniform.is("uniform") => self.number(number).map(Values::Uniform),
            [number] => self.number(number).map(Values::Uniform),
            [] => {
                let message = "a shock without a value".to_owned();
                self.wrong("E1816", message, statement.span(), "no value", help.to_owned());
                None
            }
            [uniform, ..] if uniform.is("uniform") => {
                let message = "`uniform` with several numbers".to_owned();
                self.wrong("E1816", message, statement.span(), "one number", help.to_owned());
                None
            }
            words => {
                let numbers: Vec<Option<f64>> =
                    words.iter().map(|word| self.number(word)).collect();
                numbers.into_iter().collect::<Option<Vec<f64>>>().map(Values::Each)
            }
        }
    }

    fn number(&mut self, word: &Word) -> Option<f64> {
        let value = word.text.parse::<f64>().ok().filter(|value| value.is_finite());
        if value.is_none() {
            let message = format!("`{}` is not a number", word.text);
            let help = "write `uniform` and a number, or one number for each cell".to_owned();
            self.wrong("E1816", message, word.span.clone(), "not a number", help);
        }
        value
    }

    /// `NAME` or `NAME header "ABCD"`: numbers in the order of cells.
    fn read_file(
        &mut self,
        statement: &Statement,
        words: &[Word],
        selection: &Selection,
        open: OpenFile<'_>,
    ) -> Option<Vec<f64>> {
        let (name, header) = match words {
            [name] => (name, None),
            [name, word, header] if word.is("header") => (name, Some(header.text.as_str())),
            _ => {
                let help = "write `file NAME` or `file NAME header \"ABCD\"`".to_owned();
                let message = "a shock from a file without its name".to_owned();
                self.wrong("E1817", message, statement.span(), "not a file name", help);
                return None;
            }
        };
        let numbers = open(self.file, &name.text, header).and_then(|numbers| {
            let variable = &self.variables[selection.variable];
            let sizes: Vec<usize> =
                variable.indices.iter().map(|index| index.elements(self.sets).len()).collect();
            numbers.of_sizes(&sizes, selection.cells.len())
        });
        match numbers {
            Ok(values) => Some(values),
            Err(message) => {
                let help = "the path is relative to the file that names it; text files hold \
                            numbers, in GEMPACK's form with their sizes first"
                    .to_owned();
                self.wrong("E1821", message, name.span.clone(), "this file", help);
                None
            }
        }
    }

    fn shock(
        &mut self,
        statement: &Statement,
        selection: &Selection,
        values: &Values,
        all: &mut Given<'_>,
    ) {
        let variable = self.variables[selection.variable].clone();
        let given = all.closure.given(&variable.name);
        if let Some(cell) = selection.cells.iter().find(|cell| !given[**cell]) {
            let message = format!("{} is endogenous", variable.cell(self.sets, *cell));
            let help = format!("swap it in the closure: `swap {} = … ;`", variable.name);
            let label = "not exogenous in the closure";
            return self.wrong("E1815", message, selection.span.clone(), label, help);
        }
        let order = first_fastest(&selection.cells, &variable, self.sets);
        let Some(changes) = self.changes(statement, &order, values, &variable) else { return };
        if !self.first_shock(statement, selection, &variable, all) {
            return;
        }
        let size = given.len();
        let cells = all.shocks.entry(variable.name).or_insert_with(|| vec![0.0; size]);
        order.iter().zip(changes).for_each(|(cell, change)| cells[*cell] = change);
    }

    /// One change for each cell of `order`.
    fn changes(
        &mut self,
        statement: &Statement,
        order: &[usize],
        values: &Values,
        variable: &Variable,
    ) -> Option<Vec<f64>> {
        let changes: Vec<f64> = match values {
            Values::Uniform(value) => vec![*value; order.len()],
            Values::Each(list) => list.clone(),
            Values::Whole(list) => {
                let all: Vec<usize> = (0..variable.size(self.sets)).collect();
                let whole = first_fastest(&all, variable, self.sets);
                let mut by_cell = vec![f64::NAN; all.len()];
                whole.iter().zip(list).for_each(|(cell, value)| by_cell[*cell] = *value);
                order.iter().map(|cell| by_cell[*cell]).collect()
            }
        };
        if changes.len() != order.len() || changes.iter().any(|change| change.is_nan()) {
            let message = format!("{} values for {} cells", changes.len(), order.len());
            let help = "write `uniform` and one number, or one number for each cell".to_owned();
            self.wrong("E1816", message, statement.span(), "counts differ", help);
            return None;
        }
        if variable.unit == Unit::Percent && changes.iter().any(|value| *value <= -100.0) {
            let message = "a fall of 100 % or more".to_owned();
            let help = "shocks are changes in percent; a level stays positive".to_owned();
            self.wrong("E1816", message, statement.span(), "not possible", help);
            return None;
        }
        Some(changes)
    }

    /// Whether no cell was shocked before.
    fn first_shock(
        &mut self,
        statement: &Statement,
        selection: &Selection,
        variable: &Variable,
        all: &mut Given<'_>,
    ) -> bool {
        let before = all.places.entry(variable.name.clone()).or_default();
        let twice = before.iter().find_map(|(cells, place)| {
            let cell = selection.cells.iter().find(|cell| cells.contains(cell))?;
            Some((variable.cell(self.sets, *cell), place.clone()))
        });
        let Some((cell, place)) = twice else {
            before.push((selection.cells.clone(), self.place(statement.span())));
            return true;
        };
        let message = format!("{cell} is shocked twice");
        let help =
            format!("the first is at {place}; leave one of them, with the sum if both are meant");
        self.wrong("E1820", message, statement.span(), "the second shock", help);
        false
    }
}
