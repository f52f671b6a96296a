//! A table of the file: which keys it must have, may have, and does not know.

use std::cell::RefCell;
use std::ops::Range;

use diagnostics::Diagnostic;
use toml_span::Value;
use toml_span::value::Table;

use super::code;
use super::context::{Context, nearest, way_out};
use super::field::Field;

/// A table of the file while it is read.
pub(super) struct Section<'a> {
    pub context: &'a Context<'a>,
    /// As in the file, e.g. `[[lever.talent]]`; `the head of the file` for the root.
    pub title: String,
    pub span: Range<usize>,
    table: Option<&'a Table<'a>>,
    asked: RefCell<Vec<&'static str>>,
    missing: RefCell<Vec<&'static str>>,
}

impl<'a> Section<'a> {
    /// The whole file.
    pub fn root(context: &'a Context<'a>, root: &'a Value<'a>) -> Self {
        Self::new(context, "the head of the file".to_owned(), root, 0..0)
    }

    fn new(
        context: &'a Context<'a>,
        title: String,
        value: &'a Value<'a>,
        span: Range<usize>,
    ) -> Self {
        let (asked, missing) = (RefCell::default(), RefCell::default());
        Self { context, title, span, table: value.as_table(), asked, missing }
    }

    /// A table that a value holds; a finding when the value is no table.
    pub fn of(field: &Field<'a>, title: String) -> Option<Self> {
        if field.value.as_table().is_none() {
            field.wrong_type("a table");
            return None;
        }
        Some(Self::new(field.context, title, field.value, field.span()))
    }

    /// A key that may be there.
    pub fn find(&self, key: &'static str) -> Option<Field<'a>> {
        self.asked.borrow_mut().push(key);
        let (name, value) = self.table?.get_key_value(key)?;
        Some(Field { context: self.context, key: name.name.to_string(), value })
    }

    /// A value that must be there; the default stands for it when it is missing or wrong.
    pub fn need<T: Default>(
        &self,
        key: &'static str,
        read: impl FnOnce(&Field<'a>) -> Option<T>,
    ) -> T {
        let found = self.find(key);
        if found.is_none() {
            self.missing(key);
        }
        found.and_then(|field| read(&field)).unwrap_or_default()
    }

    /// A value that may be missing, and then is `default`.
    pub fn want<T>(
        &self,
        key: &'static str,
        default: T,
        read: impl FnOnce(&Field<'a>) -> Option<T>,
    ) -> T {
        self.find(key).and_then(|field| read(&field)).unwrap_or(default)
    }

    /// The table `key`, which must be there.
    pub fn table(&self, key: &'static str, title: &str) -> Option<Self> {
        let found = self.find(key);
        if found.is_none() {
            self.missing(key);
        }
        found.and_then(|field| Self::of(&field, title.to_owned()))
    }

    /// The tables of `[[key]]`.
    pub fn tables(&self, key: &'static str, title: &str) -> Vec<Self> {
        let Some(field) = self.find(key) else { return Vec::new() };
        let Some(array) = field.value.as_array() else {
            let message = format!("`{title}` is written with single brackets");
            let help = format!("write `{title}`, with double brackets, for each of them");
            field.error(code::WRONG_TYPE, message, "not a list of tables", &help);
            return Vec::new();
        };
        let item = |value| Field { context: self.context, key: key.to_owned(), value };
        array.iter().filter_map(|value| Self::of(&item(value), title.to_owned())).collect()
    }

    /// All keys as fields, for tables whose keys are names.
    pub fn fields(&self) -> Vec<Field<'a>> {
        let field = |(key, value): (&toml_span::value::Key<'a>, &'a Value<'a>)| Field {
            context: self.context,
            key: key.name.to_string(),
            value,
        };
        self.table.into_iter().flatten().map(field).collect()
    }

    /// Notes that a key is missing; [`Section::finish`] reports it, unless it is misspelt there.
    fn missing(&self, key: &'static str) {
        self.missing.borrow_mut().push(key);
    }

    fn report_missing(&self, key: &str) {
        let finding =
            Diagnostic::error(code::MISSING_KEY, format!("`{key}` is missing in {}", self.title))
                .help(format!("add `{key}`; docs/study-file.md shows an example"));
        let span = self.context.first_line(self.span.clone());
        self.context.report(finding, span, format!("this table needs `{key}`"));
    }

    /// Reports the keys that nobody asked for, and the missing ones that none of them is meant for.
    pub fn finish(&self) {
        let keys = self.table.into_iter().flat_map(Table::keys);
        let unknown = keys.filter(|key| !self.asked.borrow().contains(&key.name.as_ref()));
        for key in unknown {
            let meant = self.unknown(&key.name, key.span.into());
            self.missing.borrow_mut().retain(|missing| Some(*missing) != meant);
        }
        for key in self.missing.borrow().iter() {
            self.report_missing(key);
        }
    }

    /// Reports an unknown key; returns the missing key that it is near to.
    fn unknown(&self, key: &str, span: Range<usize>) -> Option<&'static str> {
        let asked = self.asked.borrow();
        let meant = nearest(key, self.missing.borrow().iter().copied());
        let help = match meant {
            Some(missing) => format!("did you mean `{missing}`, which is missing here?"),
            None => way_out(key, asked.iter().copied()),
        };
        let message = format!("unknown key `{key}` in {}", self.title);
        let finding = Diagnostic::error(code::UNKNOWN_KEY, message).help(help);
        self.context.report(finding, span, "not read");
        meant
    }

    /// The keys the table was asked for.
    pub fn known(&self) -> Vec<&'static str> {
        self.asked.borrow().clone()
    }
}
