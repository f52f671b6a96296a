//! Names of the accounts and of results: regions, industries, indicators.

use super::code;
use super::context::{nearest, way_out};
use super::field::Field;
use crate::lever::Budget;
use crate::results::VARIABLES;
use crate::spec::{Industry, Names, Region, Scope};

impl<'a> Field<'a> {
    /// A region of the accounts.
    pub fn region(&self) -> Option<Region> {
        let name = self.text()?;
        let found = region_named(self.context.names, &name);
        if found.is_none() {
            self.unknown_region(&name, &[]);
        }
        found
    }

    fn unknown_region(&self, name: &str, also: &[&str]) {
        let regions = self.context.names.regions.iter().map(String::as_str);
        let names: Vec<&str> = regions.chain(also.iter().copied()).collect();
        let label = format!("not one of the {} regions", self.context.names.regions.len());
        let message = format!("unknown region `{name}`");
        self.error(code::UNKNOWN_REGION, message, &label, &way_out(name, names));
    }

    /// A region, the province by name, or `nation`.
    pub fn scope(&self) -> Option<Scope> {
        let (name, names) = (self.text()?, self.context.names);
        let region = region_named(names, &name).map(Scope::Region);
        match name.as_str() {
            "nation" => Some(Scope::Nation),
            "home" => Some(Scope::Province),
            home if home == names.home => Some(Scope::Province),
            _ if region.is_some() => region,
            _ => {
                self.unknown_region(&name, &[&names.home, "nation"]);
                None
            }
        }
    }

    /// Whose budget pays: `central`, `province` or a region.
    pub fn budget(&self) -> Option<Budget> {
        let (name, names) = (self.text()?, self.context.names);
        let region = region_named(names, &name).map(Budget::Region);
        match name.as_str() {
            "central" => Some(Budget::Central),
            "province" => Some(Budget::Province),
            home if home == names.home => Some(Budget::Province),
            _ if region.is_some() => region,
            _ => {
                self.unknown_region(&name, &["central", "province"]);
                None
            }
        }
    }

    /// A list of regions, or `"home"`, or `"all"`.
    pub fn regions(&self) -> Option<Vec<Region>> {
        let names = self.context.names;
        match self.value.as_str() {
            Some("home") => return Some(home_regions(names)),
            Some("all") => {
                return names.regions.iter().map(|name| region_named(names, name)).collect();
            }
            _ => {}
        }
        let read: Vec<_> = self.items("regions")?.iter().map(Field::region).collect();
        let regions: Vec<Region> = read.into_iter().collect::<Option<_>>()?;
        self.once(&regions, |region| &region.name)?;
        Some(regions)
    }

    /// A list of industries by label, code or range of codes, or `"all"`.
    pub fn industries(&self) -> Option<Vec<Industry>> {
        let names = self.context.names;
        if self.value.as_str() == Some("all") {
            return Some(all_industries(names));
        }
        let read: Vec<_> = self.items("industries")?.iter().map(Field::industry_range).collect();
        let industries: Vec<Industry> = read.into_iter().collect::<Option<Vec<_>>>()?.concat();
        self.once(&industries, |industry| &industry.name)?;
        Some(industries)
    }

    /// A list that is not empty, or one text in the place of a list of one.
    fn items(&self, of: &str) -> Option<Vec<Field<'a>>> {
        if self.value.as_str().is_some() {
            return Some(vec![Field {
                context: self.context,
                key: self.key.clone(),
                value: self.value,
            }]);
        }
        let items = self.list(of)?;
        if items.is_empty() {
            self.wrong_length(0, &format!("at least one of the {of}"));
            return None;
        }
        Some(items)
    }

    /// Checks that no name is twice in a list.
    fn once<T>(&self, list: &[T], name: impl Fn(&T) -> &str) -> Option<()> {
        let twice = list
            .iter()
            .enumerate()
            .find(|(at, item)| list[..*at].iter().any(|earlier| name(earlier) == name(item)));
        let Some((_, item)) = twice else { return Some(()) };
        let message = format!("`{}` is twice in `{}`", name(item), self.key);
        self.error(code::TWICE_IN_LIST, message, "this list", "keep it once");
        None
    }

    /// An industry by label or code.
    pub fn industry(&self) -> Option<Industry> {
        let name = self.text()?;
        let found = industry_named(self.context.names, &name);
        if found.is_none() {
            self.unknown_industry(&name);
        }
        found
    }

    /// An industry, or all industries of a range of codes such as `06..17`.
    fn industry_range(&self) -> Option<Vec<Industry>> {
        let text = self.text()?;
        let Some((first, last)) = text.split_once("..") else {
            return Some(vec![self.industry()?]);
        };
        let names = self.context.names;
        let ends = [first, last].map(|end| industry_named(names, end.trim()));
        match ends {
            [Some(first), Some(last)] if first.index <= last.index => {
                Some(all_industries(names)[first.index..=last.index].to_vec())
            }
            _ => {
                self.unknown_industry(&text);
                None
            }
        }
    }

    fn unknown_industry(&self, name: &str) {
        let names = self.context.names;
        let label = format!("not one of the {} industries", names.industries.len());
        let message = format!("unknown industry `{name}`");
        let labels = names.industries.iter().map(String::as_str);
        let help = match (names.industry_codes.first(), names.industry_codes.last()) {
            (Some(first), Some(last)) if nearest(name, labels.clone()).is_none() => {
                format!("write a label of the accounts or a code from {first} to {last}")
            }
            _ => way_out(name, labels),
        };
        self.error(code::UNKNOWN_INDUSTRY, message, &label, &help);
    }

    /// A variable of the results.
    pub fn indicator(&self) -> Option<String> {
        let name = self.text()?;
        if VARIABLES.iter().any(|(variable, ..)| *variable == name) {
            return Some(name);
        }
        let help = way_out(&name, VARIABLES.iter().map(|(variable, ..)| *variable));
        let message = format!("unknown indicator `{name}`");
        self.error(code::UNKNOWN_WORD, message, "not a variable of the results", &help);
        None
    }
}

/// The regions of the province.
pub(super) fn home_regions(names: &Names) -> Vec<Region> {
    names.home_regions.iter().filter_map(|name| region_named(names, name)).collect()
}

/// All industries.
pub(super) fn all_industries(names: &Names) -> Vec<Industry> {
    let industry = |(index, name): (usize, &String)| Industry { index, name: name.clone() };
    names.industries.iter().enumerate().map(industry).collect()
}

fn region_named(names: &Names, name: &str) -> Option<Region> {
    let index = names.regions.iter().position(|each| each == name)?;
    Some(Region { index, name: name.to_owned() })
}

fn industry_named(names: &Names, name: &str) -> Option<Industry> {
    let index = names.industry(name)?;
    Some(Industry { index, name: names.industries[index].clone() })
}
