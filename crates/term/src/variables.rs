//! Names of variables: TERM's own, with their sets and what a closure may do with them.
//!
//! *Given* variables stand in equations as numbers from outside; a closure may free them. *Found*
//! variables are results; a closure may fix them instead. *Kept* variables are always given (the
//! ones that TERM omits), and need no line in a closure.
//! Source of names: the closures and solutions that TERM's users hold.

use crate::database::Sets;

/// A set in one of its roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Index {
    /// Products (`COM`).
    Product,
    /// Domestic, imported (`SRC`).
    Source,
    /// Margins (`MAR`).
    Margin,
    /// Industries (`IND`).
    Industry,
    /// Industries and final users (`USR`).
    User,
    /// Occupations (`OCC`).
    Occupation,
    /// Regions of origin (`ORG`).
    Origin,
    /// Regions of use (`DST`).
    Region,
}

/// Elements of the sets that are the same in every database.
pub const SOURCES: [&str; 2] = ["dom", "imp"];
/// Final users, after the industries.
pub const FINAL_USERS: [&str; 4] = ["HOU", "INV", "GOV", "EXP"];

impl Index {
    /// TERM's name of the set.
    pub fn name(self) -> &'static str {
        match self {
            Self::Product => "COM",
            Self::Source => "SRC",
            Self::Margin => "MAR",
            Self::Industry => "IND",
            Self::User => "USR",
            Self::Occupation => "OCC",
            Self::Origin => "ORG",
            Self::Region => "DST",
        }
    }

    /// All names of the set; a region has the same ones in every role.
    pub(crate) fn names(self) -> &'static [&'static str] {
        match self {
            Self::Product => &["COM"],
            Self::Source => &["SRC"],
            Self::Margin => &["MAR"],
            Self::Industry => &["IND"],
            Self::User => &["USR", "USER"],
            Self::Occupation => &["OCC"],
            Self::Origin | Self::Region => {
                &["DST", "ORG", "PRD", "REG", "REGD", "REGS", "REGP", "REGR"]
            }
        }
    }

    /// Elements in a database.
    pub fn elements(self, sets: &Sets) -> Vec<String> {
        match self {
            Self::Product => sets.products.clone(),
            Self::Source => SOURCES.map(str::to_owned).to_vec(),
            Self::Margin => sets.margins.clone(),
            Self::Industry => sets.industries.clone(),
            Self::User => {
                sets.industries.iter().cloned().chain(FINAL_USERS.map(str::to_owned)).collect()
            }
            Self::Occupation => sets.occupations.clone(),
            Self::Origin | Self::Region => sets.regions.clone(),
        }
    }
}

/// What a closure may do with a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Stands in equations; may be freed.
    Given,
    /// Stands in equations; never freed.
    Kept,
    /// A result; may be fixed.
    Found,
}

/// How a variable changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// In percent.
    Percent,
    /// In its own unit.
    Change,
}

/// One variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// TERM's name; of macros, `NatMacro(RealGDP)`.
    pub name: String,
    /// Its sets, in order.
    pub indices: Vec<Index>,
    /// What a closure may do with it.
    pub role: Role,
    /// How it changes.
    pub unit: Unit,
}

impl Variable {
    /// Number of cells in a database.
    pub fn size(&self, sets: &Sets) -> usize {
        self.indices.iter().map(|index| index.elements(sets).len()).product()
    }

    /// One cell as a closure names it: `xtot("Makers","North")`, `NatMacro("RealGDP")`.
    pub fn cell(&self, sets: &Sets, cell: usize) -> String {
        let (name, indicator) = match self.name.split_once('(') {
            Some((name, indicator)) => (name, Some(indicator.trim_end_matches(')').to_owned())),
            None => (self.name.as_str(), None),
        };
        let elements = indicator.into_iter().chain(self.elements(sets, cell));
        let quoted: Vec<String> = elements.map(|element| format!("\"{element}\"")).collect();
        if quoted.is_empty() { name.to_owned() } else { format!("{name}({})", quoted.join(",")) }
    }

    /// The name as a closure writes it, without elements.
    pub(crate) fn cell_or_name(&self, sets: &Sets) -> String {
        if self.indices.is_empty() { self.cell(sets, 0) } else { self.name.clone() }
    }

    /// The element of each of its sets at a cell.
    pub fn elements(&self, sets: &Sets, cell: usize) -> Vec<String> {
        let mut rest = cell;
        let mut elements = Vec::new();
        for index in self.indices.iter().rev() {
            let all = index.elements(sets);
            elements.push(all[rest % all.len()].clone());
            rest /= all.len();
        }
        elements.reverse();
        elements
    }
}

/// Names of the macro indicators, regional (`MainMacro`) and national (`NatMacro`).
pub const MACROS: [&str; 15] = [
    "RealHou",
    "RealInv",
    "RealGov",
    "ExpVol",
    "ImpVolUsed",
    "ImpsLanded",
    "RealGDP",
    "AggEmploy",
    "averealwage",
    "AggCapStock",
    "GDPPI",
    "CPI",
    "ExportPI",
    "ImpsLandedPI",
    "Population",
];

const I_D: &[Index] = &[Index::Industry, Index::Region];
const C_D: &[Index] = &[Index::Product, Index::Region];
const C_S: &[Index] = &[Index::Product, Index::Source];
const C_S_D: &[Index] = &[Index::Product, Index::Source, Index::Region];
const C_I_D: &[Index] = &[Index::Product, Index::Industry, Index::Region];
const D: &[Index] = &[Index::Region];
const I: &[Index] = &[Index::Industry];

/// Given variables: those of TERM's standard short-run closure.
const GIVEN: [(&str, &[Index]); 23] = [
    ("phi", &[]),
    ("acap", I_D),
    ("alnd", I_D),
    ("alab_o", I_D),
    ("atot", I_D),
    ("aprim", I_D),
    ("xcap", I_D),
    ("xlnd", I_D),
    ("finv1", I_D),
    ("nhou", D),
    ("fpexp", C_S),
    ("fqexp", C_S),
    ("pfimp", &[Index::Product, Index::Origin]),
    ("atradmar_cs", &[Index::Margin, Index::Origin, Index::Region]),
    ("bint_scd", I),
    ("fgov_s", C_D),
    ("fgovtot", D),
    ("flab_io", D),
    ("xhoutot", D),
    ("flab_iod", &[]),
    ("houslack", &[]),
    ("invslack", &[]),
    ("labslack", &[]),
];

/// Variables that TERM omits: given, without a line in a closure.
const KEPT: [(&str, &[Index]); 3] = [
    ("fgov", C_S_D),
    ("flab", &[Index::Industry, Index::Occupation, Index::Region]),
    ("tuser", &[Index::Product, Index::Source, Index::User, Index::Region]),
];

/// Results.
pub(crate) const FOUND: [(&str, &[Index]); 55] = [
    ("pdom", &[Index::Product, Index::Origin]),
    ("xcom", &[Index::Product, Index::Origin]),
    ("puse", C_S_D),
    ("xtrad_r", C_S_D),
    ("ppur_s", &[Index::Product, Index::User, Index::Region]),
    ("xtot", I_D),
    ("ptot", I_D),
    ("pint", I_D),
    ("pcst", I_D),
    ("pprim", I_D),
    ("xprim", I_D),
    ("plab_o", I_D),
    ("xlab_o", I_D),
    ("pcap", I_D),
    ("plnd", I_D),
    ("pinvitot", I_D),
    ("xinvitot", I_D),
    ("gret", I_D),
    ("ggro", I_D),
    ("pmake", C_I_D),
    ("xmake", C_I_D),
    ("xhou_s", C_D),
    ("xlux", C_D),
    ("xinv_s", C_D),
    ("xexp", C_S_D),
    ("xgov", C_S_D),
    ("wlux", D),
    ("whoutot", D),
    ("phoutot", D),
    ("wlab_io", D),
    ("xlab_io", D),
    ("xcap_i", D),
    ("avewage", D),
    ("averealwage", D),
    ("flabsup", D),
    ("fhou", D),
    ("fgovtot2", D),
    ("natfhou", &[]),
    ("xgdpexp", D),
    ("pgdpexp", D),
    ("wgdpexp", D),
    ("natxtot", I),
    ("natptot", I),
    ("natemploy", I),
    ("phou", C_D),
    ("pinvest", C_D),
    ("xint_s", C_I_D),
    ("xstocks", I_D),
    ("totdem", &[Index::Product, Index::Source, Index::Origin]),
    ("pimp", &[Index::Product, Index::Origin]),
    ("wcap_i", D),
    ("ximpused", D),
    ("ximplanded", &[Index::Origin]),
    ("psuppmar_p", &[Index::Margin, Index::Origin, Index::Region]),
    ("xsuppmar_p", &[Index::Margin, Index::Origin, Index::Region]),
];

/// All variables, given ones first.
pub fn variables() -> Vec<Variable> {
    let variable = |name: &str, indices: &[Index], role, unit| Variable {
        name: name.to_owned(),
        indices: indices.to_vec(),
        role,
        unit,
    };
    let list = |from: &[(&str, &[Index])], role| -> Vec<Variable> {
        from.iter().map(|(name, indices)| variable(name, indices, role, Unit::Percent)).collect()
    };
    let mut all = list(&GIVEN, Role::Given);
    all.push(variable("delPTXRATE", I_D, Role::Given, Unit::Change));
    all.extend(list(&KEPT, Role::Kept));
    all.extend(list(&FOUND, Role::Found));
    for name in MACROS {
        all.push(variable(&format!("NatMacro({name})"), &[], Role::Found, Unit::Percent));
    }
    for name in MACROS {
        all.push(variable(&format!("MainMacro({name})"), D, Role::Found, Unit::Percent));
    }
    all
}
