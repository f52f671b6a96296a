//! What a reader saw in a file: counts, units, and what it left out.
//!
//! Not here: findings, which are errors and warnings with a place (`diagnostics`).

use std::fmt;

/// What a reader saw.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Name of the format in words.
    pub format: String,
    /// What was counted, in order: `regions`, 6.
    pub counts: Vec<(String, usize)>,
    /// Units met, each once, in order.
    pub units: Vec<String>,
    /// What the files hold and the result does not, one sentence each.
    pub dropped: Vec<String>,
    /// What was assumed or computed because the files do not say it, one sentence each.
    pub notes: Vec<String>,
    /// What of these matters to who goes on with the table as it is.
    pub amiss: Vec<String>,
}

impl Report {
    /// A report on a file of that format.
    pub fn new(format: impl Into<String>) -> Self {
        Self { format: format.into(), ..Self::default() }
    }

    /// Adds a count.
    pub fn count(&mut self, what: impl Into<String>, count: usize) {
        self.counts.push((what.into(), count));
    }

    /// Adds a unit, once; an empty one is none.
    pub fn unit(&mut self, unit: impl Into<String>) {
        let unit = unit.into();
        if !unit.is_empty() && !self.units.contains(&unit) {
            self.units.push(unit);
        }
    }

    /// Adds something that was left out.
    pub fn dropped(&mut self, what: impl Into<String>) {
        self.dropped.push(what.into());
    }

    /// Adds something that was assumed or computed.
    pub fn note(&mut self, what: impl Into<String>) {
        self.notes.push(what.into());
    }

    /// Adds something that matters to who goes on with the table as it is.
    pub fn amiss(&mut self, what: impl Into<String>) {
        self.amiss.push(what.into());
    }

    /// The count of that name.
    pub fn counted(&self, what: &str) -> Option<usize> {
        self.counts.iter().find(|(name, _)| name == what).map(|(_, count)| *count)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{}", self.format)?;
        for (what, count) in &self.counts {
            writeln!(out, "  {what:<32}{count:>12}")?;
        }
        for (title, lines) in
            [("unit", &self.units), ("left out", &self.dropped), ("note", &self.notes)]
        {
            for line in lines {
                writeln!(out, "  {title}: {line}")?;
            }
        }
        Ok(())
    }
}
