//! Names of variables and elements in statements: which cells they mean.

use std::ops::Range;

use crate::closure::Reader;
use crate::database::Sets;
use crate::statements::Word;
use crate::variables::{Index, Variable};

/// Cells of one variable.
pub(crate) struct Selection {
    /// Position in the list of variables.
    pub(crate) variable: usize,
    pub(crate) cells: Vec<usize>,
    pub(crate) span: Range<usize>,
}

impl Reader<'_> {
    /// Variables with their elements: `a b(COM,"x") c`.
    pub(crate) fn selections(&mut self, words: &[Word]) -> Vec<Selection> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let name = &words[at];
            let arguments = match words.get(at + 1) {
                Some(open) if open.text == "(" => {
                    let end = words[at..].iter().position(|word| word.text == ")");
                    let end = end.map_or(words.len(), |end| at + end);
                    let arguments = words.get(at + 2..end).unwrap_or(&[]);
                    at = end;
                    Some(arguments.iter().filter(|word| word.text != ",").collect::<Vec<_>>())
                }
                _ => None,
            };
            at += 1;
            found.extend(self.selection(name, arguments.as_deref()));
        }
        found
    }

    fn selection(&mut self, name: &Word, arguments: Option<&[&Word]>) -> Vec<Selection> {
        // The index of macros is part of their name here.
        let is_macro = name.is("NatMacro") || name.is("MainMacro");
        let (key, rest) = match arguments {
            Some([element, rest @ ..]) if is_macro && !element.is("MAINMACROS") => (
                format!("{}({})", name.text, element.text),
                Some(rest).filter(|rest| !rest.is_empty()),
            ),
            _ => (name.text.clone(), arguments),
        };
        let all_macros = is_macro && !key.contains('(');
        let matches = |variable: &Variable| {
            if all_macros {
                let head = variable.name.split('(').next().unwrap_or_default();
                return head.eq_ignore_ascii_case(&key) && variable.name.contains('(');
            }
            variable.name.eq_ignore_ascii_case(&key)
        };
        let chosen: Vec<usize> =
            (0..self.variables.len()).filter(|at| matches(&self.variables[*at])).collect();
        if chosen.is_empty() {
            let names = self.variables.iter().map(|variable| variable.name.as_str());
            let help = nearest(&key, names).map_or_else(
                || "docs/term.md lists the variables".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("unknown variable `{key}`");
            self.wrong("E1811", message, name.span.clone(), "not a variable of the model", help);
        }
        let rest = rest.filter(|_| !all_macros);
        chosen
            .into_iter()
            .filter_map(|variable| {
                let cells = self.cells(variable, rest, name)?;
                Some(Selection { variable, cells, span: name.span.clone() })
            })
            .collect()
    }

    /// Positions of the cells that the arguments name; all without arguments.
    fn cells(
        &mut self,
        variable: usize,
        arguments: Option<&[&Word]>,
        name: &Word,
    ) -> Option<Vec<usize>> {
        let indices = self.variables[variable].indices.clone();
        let Some(arguments) = arguments else {
            return Some((0..self.variables[variable].size(self.sets)).collect());
        };
        if arguments.len() != indices.len() {
            let message =
                format!("`{}` has {} indices, not {}", name.text, indices.len(), arguments.len());
            let sets: Vec<&str> = indices.iter().map(|index| index.name()).collect();
            let help = format!("its sets are {}", sets.join(", "));
            self.wrong("E1812", message, name.span.clone(), "indices do not fit", help);
            return None;
        }
        let mut cells = vec![0];
        for (index, argument) in indices.iter().zip(arguments) {
            let elements = index.elements(self.sets);
            let count = elements.len();
            let Some(here) = self.positions(*index, argument, &elements) else {
                let help = nearest(&argument.text, elements.iter().map(String::as_str))
                    .map_or_else(
                        || format!("write {} for all of them", index.name()),
                        |near| format!("did you mean `{near}`?"),
                    );
                let message = format!("unknown element `{}` of {}", argument.text, index.name());
                self.wrong("E1812", message, argument.span.clone(), "not an element", help);
                return None;
            };
            cells = cells
                .iter()
                .flat_map(|cell| here.iter().map(move |at| cell * count + at))
                .collect();
        }
        Some(cells)
    }
}

impl Reader<'_> {
    /// What an argument means along an index: one element, the whole set under any of its names, or
    /// a set within it.
    fn positions(&self, index: Index, argument: &Word, elements: &[String]) -> Option<Vec<usize>> {
        if let Some(at) = elements.iter().position(|element| argument.is(element)) {
            return Some(vec![at]);
        }
        if index.names().iter().any(|name| argument.is(name)) {
            return Some((0..elements.len()).collect());
        }
        match index {
            Index::Product if argument.is("MAR") => Some(self.sets.margin_products()),
            Index::User if argument.is("IND") => Some((0..self.sets.industries.len()).collect()),
            _ => None,
        }
    }
}

/// The same cells in the order in which values are written: first index fastest.
pub(crate) fn first_fastest(cells: &[usize], variable: &Variable, sets: &Sets) -> Vec<usize> {
    let sizes: Vec<usize> =
        variable.indices.iter().map(|index| index.elements(sets).len()).collect();
    let key = |cell: &usize| {
        let mut rest = *cell;
        // From the last index to the first: the last is compared first.
        let mut index = Vec::with_capacity(sizes.len());
        for size in sizes.iter().rev() {
            index.push(rest % size);
            rest /= size;
        }
        index
    };
    let mut order = cells.to_vec();
    order.sort_by_key(key);
    order
}

/// The known name that is most like `name`, if any is.
pub(crate) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let lower = name.to_lowercase();
    known
        .map(|each| (strsim::jaro_winkler(&lower, &each.to_lowercase()), each))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, each)| each)
}
