//! What the rows and columns of printed tables are, told by their names: English, Chinese, and the
//! codes of China's tables.
//!
//! Not here: how households close a model (`crate::analysis::roles`).

use crate::regional::User;

/// Words of primary inputs that are income of households.
pub(crate) const INCOME: [&str; 5] =
    ["compensation of employees", "labour compensation", "wages", "va001", "劳动者报酬"];
/// Words of primary inputs that are paid for products: imports.
pub(crate) const IMPORTS: [&str; 5] =
    ["import", "inflow", "international transport", "进口", "流入"];
/// Words of primary inputs that are paid for products: taxes.
pub(crate) const PRODUCT_TAXES: [&str; 3] =
    ["taxes on products", "taxes less subsidies on products", "subsidies on products"];
/// Words of columns of consumption by households.
pub(crate) const HOUSEHOLDS: [&str; 5] =
    ["household", "hfce", "private consumption", "c37", "居民"];
/// Words of columns that only look like those.
pub(crate) const NOT_HOUSEHOLDS: [&str; 3] = ["serving household", "non-profit", "npish"];
/// Words of columns of investment.
pub(crate) const INVESTMENT: [&str; 6] =
    ["fixed capital formation", "investment", "gfcf", "fixed capital", "c41", "固定资本形成"];

/// What a column of final use is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FinalDemandCategory {
    /// Use in the region, or exports abroad.
    Use(User),
    /// Household and government consumption together.
    Consumption,
    /// Sales to other regions of the nation.
    Outflow,
    /// Imports, or purchases from other regions.
    Inflow,
    /// Statistical discrepancy.
    Discrepancy,
}

/// What a row of primary inputs is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrimaryInput {
    /// Compensation of employees.
    Compensation,
    /// Consumption of fixed capital.
    Depreciation,
    /// Operating surplus, mixed income, or both.
    Surplus,
    /// Net taxes on production.
    ProductionTax,
    /// Net taxes on products bought.
    ProductTax,
    /// Products from outside the table.
    Imports,
}

/// A name in small letters, without the number and colon of a code before it.
pub fn plain(name: &str) -> String {
    let name = name.split_once(':').map_or(name, |(code, rest)| {
        if code.chars().all(|each| each.is_ascii_digit()) { rest } else { name }
    });
    name.trim().to_lowercase()
}

/// Whether a line says that it is imports, or inflow from other regions.
pub fn says_inflow(name: &str) -> bool {
    let name = plain(name);
    let begins = ["import ", "imports ", "inflow ", "import(", "domestic inflow", "inflow("];
    ["im", "if", "inflow", "imports", "import"].contains(&name.as_str())
        || begins.iter().any(|word| name.starts_with(word))
        || ["进口", "流入", "调入"].iter().any(|word| name.contains(word))
}

impl FinalDemandCategory {
    /// Words by which a table of names may say what a column is.
    pub const WORDS: [(&'static str, Self); 9] = [
        ("household", Self::Use(User::Household)),
        ("government", Self::Use(User::Government)),
        ("investment", Self::Use(User::Investment)),
        ("inventory", Self::Use(User::Inventory)),
        ("export", Self::Use(User::Export)),
        ("consumption", Self::Consumption),
        ("outflow", Self::Outflow),
        ("inflow", Self::Inflow),
        ("discrepancy", Self::Discrepancy),
    ];

    /// What one of [`Self::WORDS`] says.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, category)| *category)
    }

    /// What a name says; nothing when it is none of these.
    pub fn of(name: &str) -> Option<Self> {
        let text = plain(name);
        let is = |codes: &[&str]| codes.contains(&text.as_str());
        let holds = |words: &[&str]| words.iter().any(|word| text.contains(word));
        let found = if says_inflow(name) {
            Self::Inflow
        } else if is(&["err"]) || holds(&["discrepan", "error", "误差", "其他"]) {
            Self::Discrepancy
        } else if is(&["of"]) || holds(&["outflow", "流出", "调出"]) {
            Self::Outflow
        } else if is(&["ex", "exp", "e"]) || holds(&["export", "出口"]) {
            Self::Use(User::Export)
        } else if is(&["fu202", "sto", "invnt", "c42"])
            || holds(&["inventor", "stock", "valuables", "存货", "库存"])
        {
            Self::Use(User::Inventory)
        } else if is(&["inv", "fu201"]) || holds(&INVESTMENT) {
            Self::Use(User::Investment)
        } else if is(&["hou", "hh", "npish", "fu101", "fu102", "thc"])
            || holds(&HOUSEHOLDS)
            || holds(&NOT_HOUSEHOLDS)
            || holds(&["农村", "城镇", "rural", "urban", "personal", "individual"])
        {
            Self::Use(User::Household)
        } else if is(&["gov", "fu103", "ggfc", "g", "c39"])
            || holds(&[
                "government",
                "public consumption",
                "政府",
                "collective",
                "federal",
                "defense",
            ])
        {
            Self::Use(User::Government)
        } else if is(&["tc"]) || holds(&["consumption", "最终消费"]) {
            Self::Consumption
        } else {
            return None;
        };
        Some(found)
    }
}

impl PrimaryInput {
    /// Words by which a table of names may say what a row is.
    pub const WORDS: [(&'static str, Self); 6] = [
        ("compensation", Self::Compensation),
        ("depreciation", Self::Depreciation),
        ("surplus", Self::Surplus),
        ("production_tax", Self::ProductionTax),
        ("product_tax", Self::ProductTax),
        ("imports", Self::Imports),
    ];

    /// What one of [`Self::WORDS`] says.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, input)| *input)
    }

    /// What a name says; nothing when it is none of these.
    pub fn of(name: &str) -> Option<Self> {
        let text = plain(name);
        let is = |codes: &[&str]| codes.contains(&text.as_str());
        let holds = |words: &[&str]| words.iter().any(|word| text.contains(word));
        let duties = ["import dut", "customs", "进口税", "关税"];
        let on_production = ["on production", "生产税"];
        let found = if is(&["tax"]) || holds(&PRODUCT_TAXES) || holds(&duties) {
            Self::ProductTax
        } else if is(&["va002", "v1ptx"]) || holds(&on_production) {
            Self::ProductionTax
        } else if holds(&INCOME) || holds(&["compensation", "labour", "v1lab"]) {
            Self::Compensation
        } else if is(&["va003"])
            || holds(&["depreciation", "consumption of fixed capital", "固定资产折旧"])
        {
            Self::Depreciation
        } else if is(&["imp"]) || holds(&IMPORTS) {
            Self::Imports
        } else if holds(&["product tax", "taxes on product"]) {
            Self::ProductTax
        } else if ["taxes", "net taxes"].contains(&text.as_str()) {
            return None;
        } else if holds(&["tax", "subsid"]) {
            Self::ProductionTax
        } else if is(&["va004", "v1cap", "v1lnd"])
            || holds(&["surplus", "mixed income", "营业盈余", "profit"])
        {
            Self::Surplus
        } else {
            return None;
        };
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_and_rows_of_several_offices_are_told() {
        let use_ = |user| Some(FinalDemandCategory::Use(user));
        let columns = [
            ("农村居民消费", use_(User::Household)),
            ("44:HH rural", use_(User::Household)),
            ("FU103", use_(User::Government)),
            ("固定资本形成总额", use_(User::Investment)),
            ("存货增加", use_(User::Inventory)),
            ("Changes in inventories and valuables", use_(User::Inventory)),
            ("出口", use_(User::Export)),
            ("国内省外流出", Some(FinalDemandCategory::Outflow)),
            ("55:Import (intl)", Some(FinalDemandCategory::Inflow)),
            ("IF", Some(FinalDemandCategory::Inflow)),
            ("其他", Some(FinalDemandCategory::Discrepancy)),
            ("TC", Some(FinalDemandCategory::Consumption)),
            ("Final consumption expenditure by NPISH", use_(User::Household)),
            ("General government final consumption", use_(User::Government)),
            ("Personal consumption expenditures", use_(User::Household)),
            ("Collective consumption", use_(User::Government)),
            ("Something else", None),
        ];
        for (name, wanted) in columns {
            assert_eq!(FinalDemandCategory::of(name), wanted, "{name}");
        }
        let rows = [
            ("VA001", Some(PrimaryInput::Compensation)),
            ("生产税净额", Some(PrimaryInput::ProductionTax)),
            ("固定资产折旧", Some(PrimaryInput::Depreciation)),
            ("营业盈余", Some(PrimaryInput::Surplus)),
            ("Gross operating surplus and mixed income", Some(PrimaryInput::Surplus)),
            ("Other taxes on production", Some(PrimaryInput::ProductionTax)),
            ("Taxes less subsidies on products", Some(PrimaryInput::ProductTax)),
            ("Use of imported products, cif", Some(PrimaryInput::Imports)),
            ("Taxes on production and imports, less subsidies", Some(PrimaryInput::ProductionTax)),
            ("Import duties", Some(PrimaryInput::ProductTax)),
            ("Product taxes", Some(PrimaryInput::ProductTax)),
            ("Net taxes", None),
            ("Value added", None),
        ];
        for (name, wanted) in rows {
            assert_eq!(PrimaryInput::of(name), wanted, "{name}");
        }
        for (word, column) in FinalDemandCategory::WORDS {
            assert_eq!(FinalDemandCategory::of(word), Some(column), "{word}");
        }
    }
}
