//! Headers asked for by name and shape, with a finding for each that is not there.

use accounts::Matrix;
use diagnostics::{Diagnostic, Findings};

use super::{HarFile, Header};

/// A file whose headers are asked for by name and size.
pub(crate) struct Headers<'a> {
    pub(crate) name: &'a str,
    pub(crate) file: &'a HarFile,
    pub(crate) findings: &'a mut Findings,
}

impl Headers<'_> {
    /// Real numbers of this shape, last index fastest.
    pub(crate) fn reals(&mut self, header: &str, shape: &[usize]) -> Vec<f64> {
        let found = self.file.header(header);
        let right = found.filter(|each| each.shape() == shape).and_then(Header::row_major);
        right.unwrap_or_else(|| {
            let sizes: Vec<String> = shape.iter().map(ToString::to_string).collect();
            let wanted = sizes.join(" × ");
            let message =
                format!("`{}` has no header `{header}` of {wanted} real numbers", self.name);
            let help = match found
                .map(|each| format!("{:?} of type {}", each.shape(), each.type_name()))
            {
                Some(is) => format!("it has one of shape {is}"),
                None => "docs/regionalise.md and docs/term.md list the headers".to_owned(),
            };
            self.findings.push(Diagnostic::error("E1707", message).help(help));
            vec![0.0; shape.iter().product()]
        })
    }

    pub(crate) fn matrix(&mut self, header: &str, rows: usize, columns: usize) -> Matrix {
        Matrix::from_values(rows, columns, self.reals(header, &[rows, columns]))
    }

    pub(crate) fn has(&self, header: &str) -> bool {
        self.file.header(header).is_some()
    }

    pub(crate) fn names(&mut self, header: &str) -> Vec<String> {
        let found = self.file.header(header).and_then(|each| each.texts());
        if found.is_none() {
            let message = format!("`{}` has no header `{header}` of names", self.name);
            self.findings.push(Diagnostic::error("E1707", message));
        }
        found.map(<[String]>::to_vec).unwrap_or_default()
    }

    /// Positions of names in a list; unknown names are findings.
    pub(crate) fn positions(&mut self, header: &str, list: &[String]) -> Vec<usize> {
        let names = self.names(header);
        let mut found = vec![];
        for name in names {
            if let Some(at) = list.iter().position(|each| each.eq_ignore_ascii_case(&name)) {
                found.push(at);
            } else {
                let message = format!("`{name}` in `{header}` of `{}` is no product", self.name);
                self.findings.push(Diagnostic::error("E1707", message));
            }
        }
        found
    }
}
