//! The tables of figures as the input of the build.

use accounts::Matrix;
use accounts::build::Input;
use accounts::build::input::{
    Assumptions, COMPONENTS, Census, Employment, Industry, IndustryAssumptions,
    NATIONAL_FINAL_USERS, National, Province, SECTORS,
};
use diagnostics::{Diagnostic, Findings};

use super::bounds::{AMOUNT, BY_INDUSTRY, Bound, check, check_assumptions, scalars};
use crate::Files;
use crate::sheet::{Coverage, Key, Sheet, distinct};

/// Name of the province in the tables.
const HOME: &str = "Liaoning";
const MONEY: &str = "100 million CNY";
const BASE_YEAR: u16 = 2017;
const MILLION: f64 = 1e6;

/// Reads the input of the build from tables with the names of `FILES`.
///
/// # Errors
/// All findings in all tables.
pub fn input(files: &Files) -> Result<Input, Findings> {
    let mut findings = Findings::default();
    let input = Reader::new(files, &mut findings).and_then(|mut reader| reader.input());
    match input {
        Some(input) if !findings.has_errors() => Ok(input),
        _ => Err(findings),
    }
}

/// Opens a table and checks its head.
pub(super) fn sheet(
    files: &Files,
    name: &str,
    columns: &[&str],
    findings: &mut Findings,
) -> Option<Sheet> {
    let Some(text) = files.get(name) else {
        let finding = Diagnostic::error("E1101", format!("the table `{name}` is missing"));
        findings.push(finding.help("copy it from the figures that ship with the program"));
        return None;
    };
    let sheet = Sheet::parse(name, text, columns, findings)?;
    for key in ["publisher", "year", "unit", "status"] {
        if !sheet.about.contains_key(key) {
            let message = format!("the head of `{name}` does not say its {key}");
            let place = diagnostics::Place::cell(name, 1, 1);
            let finding =
                Diagnostic::error("E1109", message).at(place, "the comment lines start here");
            findings.push(finding.help(format!("add a line `# {key}: …` at the top")));
        }
    }
    Some(sheet)
}

/// Owned names.
pub(super) fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

/// The home regions are first, and there is one other.
fn check_home(regions: &Sheet, findings: &mut Findings) -> Option<()> {
    let last = regions.rows.len().saturating_sub(1);
    let wanted = |at: usize| if at == last { "no" } else { "yes" };
    let mut rows = regions.rows.iter().enumerate();
    let wrong = rows.find(|(at, row)| last == 0 || regions.text(row, "home") != wanted(*at));
    let Some((_, row)) = wrong else { return Some(()) };
    let message = "`regions.csv` must list home regions first and the rest of the country last";
    let label = "`no` for the last region and `yes` for all others";
    let finding = Diagnostic::error("E1112", message).at(regions.place(row, "home"), label);
    findings.push(finding.help("put the one region that is not part of the province last"));
    None
}

pub(super) struct Reader<'a> {
    pub(super) files: &'a Files,
    pub(super) findings: &'a mut Findings,
    industries: Vec<Industry>,
    pub(super) labels: Vec<String>,
    groups: Vec<String>,
    pub(super) regions: Vec<String>,
    pub(super) home: Vec<String>,
}

impl<'a> Reader<'a> {
    /// Reads the lists of names that all other tables use.
    fn new(files: &'a Files, findings: &'a mut Findings) -> Option<Self> {
        let regions = sheet(files, "regions.csv", &["region", "home"], findings);
        let list = sheet(
            files,
            "industries.csv",
            &["code", "label", "sector", "group", "goods"],
            findings,
        );
        let (regions, list) = (regions?, list?);
        let groups = distinct(&list, "group");
        let sectors = names(&SECTORS);
        let mut industries = Vec::new();
        for row in &list.rows {
            let sector = list.name(row, Key { column: "sector", names: &sectors }, findings)?;
            let group = list.name(row, Key { column: "group", names: &groups }, findings)?;
            let goods =
                list.name(row, Key { column: "goods", names: &names(&["no", "yes"]) }, findings)?
                    == 1;
            let (code, label) =
                (list.text(row, "code").to_owned(), list.text(row, "label").to_owned());
            industries.push(Industry { code, label, sector, group, goods });
        }
        check_home(&regions, findings)?;
        let home = regions.rows.iter().filter(|row| regions.text(row, "home") == "yes");
        let home = home.map(|row| regions.text(row, "region").to_owned()).collect();
        let labels = industries.iter().map(|industry| industry.label.clone()).collect();
        let regions = distinct(&regions, "region");
        Some(Self { files, findings, industries, labels, groups, regions, home })
    }

    fn input(&mut self) -> Option<Input> {
        check_assumptions(self.files, self.findings);
        // Every table is read before any is given up, so that one run shows all findings.
        let (national, province) = (self.national(), self.province());
        let (census, cities) = (self.census(), self.cities());
        let (by_industry, assumptions) = (self.by_industry(), self.assumptions());
        let (government_share, margins) = (self.government_share(), self.margins());
        Some(Input {
            base_year: BASE_YEAR,
            money: MONEY.to_owned(),
            home: HOME.to_owned(),
            regions: self.regions.clone(),
            groups: self.groups.clone(),
            industries: self.industries.clone(),
            margins: margins?,
            national: national?,
            government_share: government_share?,
            province: province?,
            census: census?,
            cities: cities?,
            by_industry: by_industry?,
            assumptions: assumptions?,
        })
    }

    pub(super) fn open(&mut self, name: &str, columns: &[&str]) -> Option<Sheet> {
        sheet(self.files, name, columns, self.findings)
    }

    pub(super) fn values(&mut self, sheet: &Sheet, keys: &[Key<'_>], column: &str) -> Vec<f64> {
        sheet.values(keys, column, Coverage::Complete, self.findings)
    }

    /// The same with a value for what has no row.
    pub(super) fn values_or(
        &mut self,
        sheet: &Sheet,
        keys: &[Key<'_>],
        column: &str,
        otherwise: f64,
    ) -> Vec<f64> {
        let values = sheet.values(keys, column, Coverage::Sparse, self.findings);
        values.into_iter().map(|value| if value.is_nan() { otherwise } else { value }).collect()
    }

    fn margins(&mut self) -> Option<[usize; 2]> {
        let position = |group: &str| {
            let group = self.groups.iter().position(|each| each == group)?;
            self.industries.iter().position(|industry| industry.group == group)
        };
        let margins =
            position("whr").zip(position("trp")).map(|(trade, transport)| [trade, transport]);
        if margins.is_none() {
            let message =
                "`industries.csv` has no industry of group `whr` (trade) or `trp` (transport)";
            self.findings.push(
                Diagnostic::error("E1112", message)
                    .help("one industry of each is the margin product"),
            );
        }
        margins
    }

    fn national(&mut self) -> Option<National> {
        let uses = self.open("national_uses_2017.csv", &["product", "source", "user", "value"]);
        let production = self.open("national_production_2017.csv", &["industry", "item", "value"]);
        let consumption = self.macro_items(
            "published",
            "China",
            &["household_rural", "household_urban", "government"],
        );
        let (uses, production, consumption) = (uses?, production?, consumption?);
        let labels = self.labels.clone();
        let users: Vec<String> =
            labels.iter().cloned().chain(names(&NATIONAL_FINAL_USERS)).collect();
        let sources = names(&["domestic", "imported"]);
        let keys = [
            Key { column: "source", names: &sources },
            Key { column: "product", names: &labels },
            Key { column: "user", names: &users },
        ];
        let cells = self.values_or(&uses, &keys, "value", 0.0);
        let (n, width) = (labels.len(), users.len());
        let table = |s: usize| Matrix::from_fn(n, width, |c, u| cells[(s * n + c) * width + u]);
        let items = names(&[&COMPONENTS[..], &["output"]].concat());
        let keys =
            [Key { column: "industry", names: &labels }, Key { column: "item", names: &items }];
        let made = self.values(&production, &keys, "value");
        Some(National {
            domestic: table(0),
            imported: table(1),
            components: Matrix::from_fn(n, COMPONENTS.len(), |i, k| made[i * items.len() + k]),
            consumption: [consumption[0] + consumption[1], consumption[2]],
        })
    }

    /// Items of the macro accounts.
    fn macro_items(&mut self, basis: &str, area: &str, items: &[&str]) -> Option<Vec<f64>> {
        let mut table = self.open("macro_2017.csv", &["basis", "area", "item", "value"])?;
        let wanted = names(items);
        let texts = table.clone();
        table.rows.retain(|row| {
            texts.text(row, "basis") == basis
                && texts.text(row, "area") == area
                && wanted.iter().any(|item| item == texts.text(row, "item"))
        });
        Some(self.values(&table, &[Key { column: "item", names: &wanted }], "value"))
    }

    fn province(&mut self) -> Option<Province> {
        let output = self.open_within("output_2017.csv", &["industry", "value"], &[AMOUNT]);
        let groups: Vec<String> =
            self.groups.iter().map(|group| format!("value_added_{group}")).collect();
        let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
        let group_value_added = self.macro_items("reconciled", HOME, &groups);
        let components = self.macro_items("reconciled", HOME, &COMPONENTS);
        let spent = self.macro_items(
            "reconciled",
            HOME,
            &[
                "household_rural",
                "household_urban",
                "government",
                "investment",
                "inventory",
                "export_by_origin",
                "import_by_destination",
                "net_outflow_to_provinces",
            ],
        );
        let imports =
            self.macro_items("published", HOME, &["import_by_business", "import_by_destination"]);
        let (components, spent, imports) = (components?, spent?, imports?);
        let labels = self.labels.clone();
        Some(Province {
            output: self.values(&output?, &[Key { column: "industry", names: &labels }], "value"),
            group_value_added: group_value_added?,
            components: std::array::from_fn(|k| components[k]),
            household: spent[0] + spent[1],
            government: spent[2],
            investment: spent[3],
            inventory: spent[4],
            export: spent[5],
            import: spent[6],
            net_outflow: spent[7],
            port_import_ratio: imports[0] / imports[1],
        })
    }

    fn government_share(&mut self) -> Option<Vec<f64>> {
        let table = self.open("consumption_2007.csv", &["product", "household", "government"])?;
        let labels = self.labels.clone();
        let keys = [Key { column: "product", names: &labels }];
        let household = self.values_or(&table, &keys, "household", 0.0);
        let government = self.values_or(&table, &keys, "government", 0.0);
        let share = |(h, g): (&f64, &f64)| if h + g > 0.0 { g / (h + g) } else { 0.0 };
        Some(household.iter().zip(&government).map(share).collect())
    }

    fn census(&mut self) -> Option<Vec<Option<Census>>> {
        const ITEMS: [&str; 8] = [
            "output",
            "intermediate",
            "compensation",
            "production_tax",
            "depreciation",
            "surplus",
            "export",
            "persons",
        ];
        const THOUSAND_TO_TEN_THOUSAND: f64 = 0.1;
        let table = self.open(
            "ownership_2017.csv",
            &["industry", "item", "domestic", "hong_kong_macao_taiwan", "foreign"],
        )?;
        let (labels, items) = (self.labels.clone(), names(&ITEMS));
        let keys =
            [Key { column: "industry", names: &labels }, Key { column: "item", names: &items }];
        let owners = ["domestic", "hong_kong_macao_taiwan", "foreign"]
            .map(|owner| self.values_or(&table, &keys, owner, f64::NAN));
        let cell = |i: usize, k: usize| {
            let at = i * items.len() + k;
            [owners[0][at], owners[1][at] + owners[2][at]]
        };
        let firms = |i: usize| {
            let [compensation, persons] =
                [cell(i, 2), cell(i, 7)].map(|each| each.iter().sum::<f64>());
            let firms = Census {
                output: cell(i, 0),
                intermediate: cell(i, 1),
                components: std::array::from_fn(|k| cell(i, 2 + k)),
                export: cell(i, 6).iter().sum(),
                compensation_per_person: compensation / persons * THOUSAND_TO_TEN_THOUSAND,
            };
            firms.compensation_per_person.is_finite().then_some(firms)
        };
        Some((0..labels.len()).map(firms).collect())
    }

    fn by_industry(&mut self) -> Option<IndustryAssumptions> {
        let columns = ["foreign_share", "skilled_share", "skill_premium", "average_compensation"];
        let mut table = self.open_within(
            "assumptions_industries.csv",
            &[&["industry"], &columns[..]].concat(),
            &BY_INDUSTRY,
        )?;
        let labels = self.labels.clone();
        let all = table.rows.clone();
        let [foreign_share, skilled_share, skill_premium, average_compensation] =
            columns.map(|column| {
                let keys = [Key { column: "industry", names: &labels }];
                if column.starts_with("skill") {
                    table.rows.clone_from(&all);
                    return table.values(&keys, column, Coverage::Complete, self.findings);
                }
                // An empty field means: not needed here, the census has it.
                let texts = table.clone();
                table.rows =
                    all.iter().filter(|row| !texts.text(row, column).is_empty()).cloned().collect();
                self.values_or(&table, &keys, column, 0.0)
            });
        Some(IndustryAssumptions {
            foreign_share,
            skilled_share,
            skill_premium,
            average_compensation,
        })
    }

    pub(super) fn scalars(&mut self, wanted: &[&str]) -> Option<Vec<f64>> {
        scalars(self.files, wanted, self.findings)
    }

    /// Opens a table and checks that a column is within bounds.
    pub(super) fn open_within(
        &mut self,
        name: &str,
        columns: &[&str],
        bounds: &[Bound],
    ) -> Option<Sheet> {
        let sheet = self.open(name, columns)?;
        check(&sheet, bounds, self.findings);
        Some(sheet)
    }

    fn assumptions(&mut self) -> Option<Assumptions> {
        let values = self.scalars(&[
            "customs_duty",
            "distance_decay_goods",
            "distance_decay_services",
            "transport_margin_distance_exponent",
            "margin_share",
            "own_port_share",
            "smallest_foreign_output",
            "surplus_floor",
            "largest_value_added_ratio",
            "employment_Liaoning",
            "employment_Liaoning_agriculture",
            "employment_China",
            "employment_China_agriculture",
        ])?;
        let employment = |at: usize| Employment {
            total: values[at] * MILLION,
            primary: values[at + 1] * MILLION,
        };
        Some(Assumptions {
            customs_duty: values[0],
            distance_decay_goods: values[1],
            distance_decay_services: values[2],
            transport_margin_distance_exponent: values[3],
            margin_share: values[4],
            own_port_share: values[5],
            smallest_foreign_output: values[6],
            surplus_floor: values[7],
            largest_value_added_ratio: values[8],
            employment: [employment(9), employment(11)],
        })
    }
}
